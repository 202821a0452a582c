import { fileURLToPath } from 'node:url'
import {
  type Band,
  type Bands,
  type Box,
  type Face,
  type MediaInfo,
  type Observation,
  type Quality,
  REASON_TEXT,
  REPORT_SCHEMA,
  type Report,
  type Scores,
  type Verdict,
} from '@unswap/contract'
import type { Analysis, EvidenceFace, EvidenceFrame, Picture } from '@unswap/detector'
import sharp from 'sharp'

const photograph = (name: string) =>
  fileURLToPath(new URL(`../../../../testdata/real/${name}`, import.meta.url))

const sha = (digit: string) => digit.repeat(64)

async function readPicture(name: string, width: number, height: number): Promise<Picture> {
  const data = await sharp(photograph(name)).resize(width, height).removeAlpha().raw().toBuffer()
  return { width, height, data }
}

export const plainPicture = (width: number, height: number, level: number): Picture => ({
  width,
  height,
  data: new Uint8Array(width * height * 3).fill(level),
})

async function cutOut(picture: Picture, box: Box): Promise<Picture> {
  const side = Math.round(Math.max(box.width, box.height) * 1.3)
  const left = Math.round(Math.max(0, box.x + box.width / 2 - side / 2))
  const top = Math.round(Math.max(0, box.y + box.height / 2 - side / 2))
  const region = {
    left,
    top,
    width: Math.min(side, picture.width - left),
    height: Math.min(side, picture.height - top),
  }
  const data = await sharp(picture.data, {
    raw: { width: picture.width, height: picture.height, channels: 3 },
  })
    .extract(region)
    .resize(224, 224, { fit: 'fill' })
    .raw()
    .toBuffer()
  return { width: 224, height: 224, data }
}

/** A map that is `peak` at a cell (column, row) and falls off smoothly around it. */
export function hillMap(peak: number, column: number, row: number, radius = 5) {
  const probabilities = new Float32Array(28 * 28)
  for (let y = 0; y < 28; y++) {
    for (let x = 0; x < 28; x++) {
      const distance = ((x - column) ** 2 + (y - row) ** 2) / radius ** 2
      probabilities[y * 28 + x] = 0.02 + (peak - 0.02) * Math.exp(-distance / 2)
    }
  }
  return { size: 28, probabilities }
}

const scoresOf = (manipulated: number): Scores => ({
  manipulated,
  face_swap: Number((manipulated * 0.95).toFixed(4)),
  reenactment: Number((manipulated * 0.21).toFixed(4)),
  synthesis: Number((manipulated * 0.09).toFixed(4)),
})

const quality = (side: number): Quality => ({
  side,
  sharpness: 14.2,
  brightness: 127.3,
  clipped: 0.012,
  yaw: -8.4,
  pitch: 5.1,
  roll: 3.13,
  covered: 0.04,
  outside: 0,
  blocking: 1.08,
  reasons: side < 60 ? ['face_too_small'] : [],
})

export function observe(frame: number, seconds: number, box: Box, score: number): Observation {
  const { x, y, width, height } = box
  return {
    frame,
    seconds,
    box,
    landmarks: [
      [x + width * 0.3, y + height * 0.4],
      [x + width * 0.7, y + height * 0.4],
      [x + width * 0.5, y + height * 0.6],
      [x + width * 0.35, y + height * 0.78],
      [x + width * 0.65, y + height * 0.78],
    ],
    detectionScore: 0.998,
    crop: { centre: [x + width / 2, y + height / 2], side: Math.max(width, height) * 1.3, roll: 0.05 },
    quality: quality(Math.max(width, height) * 1.3),
    usable: Math.max(width, height) >= 40,
    scores: scoresOf(score),
    mapMean: Number((score * 0.4).toFixed(4)),
  }
}

function verdictOf(band: Band, faceId: string, probability: number): Verdict {
  const between = { code: 'between_bands', message: REASON_TEXT.between_bands, faceId } as const
  return {
    band,
    probability,
    interval: [Math.max(0, probability - 0.09), Math.min(1, probability + 0.05)],
    family: band === 'likely_manipulated' ? 'face_swap' : null,
    faceId,
    reasons: band === 'inconclusive' ? [between] : [],
  }
}

export function faceOf(id: string, band: Band, score: number, timeline: Observation[]): Face {
  const scores = scoresOf(score)
  return {
    id,
    firstSeconds: timeline[0]!.seconds,
    lastSeconds: timeline.at(-1)!.seconds,
    observed: timeline.length,
    usable: timeline.filter((seen) => seen.usable).length,
    scores,
    models: [
      {
        model: 'xception-1',
        logit: Math.log(score / (1 - score)),
        scores,
        probability: score,
        flagged: band === 'likely_manipulated' ? ['face_swap'] : [],
      },
    ],
    verdict: verdictOf(band, id, score),
    quality: timeline[0]!.quality,
    map: {
      frame: timeline[0]!.frame,
      size: 28,
      mean: score * 0.4,
      peak: score * 0.98,
      area: score * 0.3,
      regions: {
        mouth: score * 0.9,
        nose: score * 0.7,
        eyes: score * 0.55,
        outline: score * 0.4,
        forehead: score * 0.1,
      },
    },
    temporal: [],
    timeline,
  }
}

const IMAGE: MediaInfo = {
  sha256: sha('a'),
  kind: 'image',
  format: 'jpeg',
  bytes: 482_113,
  width: 1920,
  height: 1280,
  codec: null,
  durationSeconds: null,
  frameCount: null,
  frameRate: null,
  rotation: 0,
  decoder: 'sharp',
}

export function reportOf(media: Partial<MediaInfo>, faces: Face[], more: Partial<Report> = {}): Report {
  const first = faces[0]
  return {
    schema: REPORT_SCHEMA,
    version: '0.1.0',
    media: { ...IMAGE, ...media },
    settings: { sampling: { count: 32 }, maxFaces: 16, flip: false },
    models: [
      {
        id: 'xception-1',
        variant: 'int8',
        sha256: sha('b'),
        calibration: {
          sha256: sha('c'),
          status: 'provisional',
          fittedOn: 'shares of crops above thresholds, from the notes on the model',
        },
      },
    ],
    verdict: first?.verdict ?? {
      band: 'inconclusive',
      probability: null,
      interval: null,
      family: null,
      faceId: null,
      reasons: [{ code: 'no_face', message: REASON_TEXT.no_face }],
    },
    faces,
    facesLeftOut: 0,
    frames: [{ index: 0, seconds: 0, faces: faces.length }],
    cuts: [],
    notes: [],
    ...more,
  }
}

export const asAnalysis = (
  report: Report,
  frames: EvidenceFrame[],
  faces: EvidenceFace[] = [],
): Analysis => ({
  report,
  evidence: { frames, faces },
  timings: { media: 12, faces: 40, scoring: 30, temporal: 0, report: 5, total: 90 },
})

/** Boxes of the three people in `group-1.jpg`, in its 1920 × 1280 pixels. */
export const GROUP_BOXES: Box[] = [
  { x: 413, y: 348, width: 204, height: 252 },
  { x: 821, y: 427, width: 216, height: 228 },
  { x: 1476, y: 204, width: 216, height: 252 },
]

const BANDS_OF_THREE = ['likely_manipulated', 'inconclusive', 'likely_authentic'] as const
const SCORES_OF_THREE = [0.96, 0.58, 0.07]

/** The report as it is since calibrations are told in it: with the prior, and the bands that faces were judged by. */
export function withCalibration(report: Report, prior: number, bands: Bands): Report {
  return {
    ...report,
    models: report.models.map((model) => ({ ...model, calibration: { ...model.calibration, prior, bands } })),
    faces: report.faces.map((face) => ({ ...face, bands })),
  }
}

/** A photograph of three people, one of each band; the kept frame is half the size of the analysed one. */
export async function groupPhotograph(): Promise<Analysis> {
  const picture = await readPicture('group-1.jpg', 960, 640)
  const faces = GROUP_BOXES.map((box, index) => {
    const score = SCORES_OF_THREE[index]!
    return faceOf(`face-${index + 1}`, BANDS_OF_THREE[index]!, score, [observe(0, 0, box, score)])
  })
  const report = reportOf({}, faces, {
    notes: [{ code: 'strong_compression', message: REASON_TEXT.strong_compression, faceId: 'face-3' }],
  })
  const half = (box: Box) => ({
    x: box.x / 2,
    y: box.y / 2,
    width: box.width / 2,
    height: box.height / 2,
  })
  const crops = await Promise.all(GROUP_BOXES.map((box) => cutOut(picture, half(box))))
  return asAnalysis(
    report,
    [{ frame: 0, seconds: 0, scale: 0.5, picture }],
    faces.map(({ id, scores }, index) => ({
      faceId: id,
      frame: 0,
      crop: crops[index]!,
      map: hillMap(scores.manipulated * 0.97, 13, 19, 5),
    })),
  )
}

/** A repeatable wobble in −1..1. */
const wobble = (index: number, seed: number) =>
  Math.sin(index * 1.7 + seed * 3.1) * Math.cos(index * 0.6 + seed)

/** A 48 s video of three people, 32 frames analysed, two cuts; the first person leaves and comes back. */
export async function groupVideo(): Promise<Analysis> {
  const seconds = (frame: number) => Number((0.75 + frame * 1.5).toFixed(3))
  const scale = 1280 / 1920
  const boxAt = (person: number, frame: number): Box => {
    const box = GROUP_BOXES[person]!
    const shift = 14 * wobble(frame, person)
    return {
      x: box.x * scale + shift,
      y: box.y * scale - 67,
      width: box.width * scale,
      height: box.height * scale,
    }
  }
  const present = (person: number, frame: number) =>
    person === 0 ? frame < 11 || frame > 15 : person === 1 ? frame < 22 : frame > 10
  const faces = SCORES_OF_THREE.map((score, person) => {
    const timeline = Array.from({ length: 32 }, (_, frame) => frame)
      .filter((frame) => present(person, frame))
      .map((frame) => {
        const value = Math.min(0.995, Math.max(0.01, score + 0.16 * wobble(frame, person)))
        const seen = observe(frame, seconds(frame), boxAt(person, frame), Number(value.toFixed(4)))
        return { ...seen, usable: frame % 7 !== 3 }
      })
    const face = faceOf(`face-${person + 1}`, BANDS_OF_THREE[person]!, score, timeline)
    const temporal: Face['temporal'] = [
      {
        id: 'score_spread',
        value: 0.84,
        unit: 'logits',
        meaning: 'Robust spread of the score from frame to frame.',
        samples: 27,
      },
      {
        id: 'score_jumps',
        value: 0.11,
        unit: 'share',
        meaning: 'Share of neighbouring frames whose scores lie far apart.',
        samples: 26,
      },
      {
        id: 'landmark_jitter',
        value: 0.0124,
        unit: 'of face',
        meaning: 'Movement of the landmarks that a smooth motion does not explain.',
        samples: 26,
      },
      {
        id: 'inside_outside',
        value: -0.31,
        unit: 'correlation',
        meaning: 'How the colour inside the face follows that of its surround.',
        samples: 26,
      },
    ]
    return { ...face, temporal }
  })
  const report = reportOf(
    {
      kind: 'video',
      format: 'mp4',
      bytes: 8_412_993,
      width: 1280,
      height: 720,
      codec: 'h264',
      durationSeconds: 48,
      frameCount: 1200,
      frameRate: 25,
      decoder: 'ffmpeg',
    },
    faces,
    {
      cuts: [16.9, 33.48],
      frames: Array.from({ length: 32 }, (_, index) => ({
        index,
        seconds: seconds(index),
        faces: faces.filter((face) => face.timeline.some((seen) => seen.frame === index)).length,
      })),
    },
  )
  const whole = await readPicture('group-1.jpg', 1280, 853)
  const picture: Picture = {
    width: 1280,
    height: 720,
    data: whole.data.subarray(67 * 1280 * 3, 787 * 1280 * 3),
  }
  const frames = [4, 20, 9, 27, 1, 30].map((frame) => ({ frame, seconds: seconds(frame), scale: 1, picture }))
  const crops = await Promise.all([0, 1, 2].map((person) => cutOut(picture, boxAt(person, 4))))
  return asAnalysis(
    report,
    frames,
    faces.map(({ id, scores }, index) => ({
      faceId: id,
      frame: 4,
      crop: crops[index]!,
      map: hillMap(scores.manipulated * 0.97, 13, 10 + 4 * index, 5),
    })),
  )
}
