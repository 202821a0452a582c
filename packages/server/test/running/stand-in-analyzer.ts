// Stands in for the models in tests of the HTTP side: really opens and decodes the media, then answers with a report
// that depends on its bytes alone. What the media is called makes it slow, or ends the process.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type Face, type ModelIdentity, REASON_TEXT, REPORT_SCHEMA, type Report } from '@unswap/contract'
import { type Evidence, openMedia, renderHtml } from '@unswap/detector'
import { prepareEvidence } from '../../src/evidence/prepare-evidence.ts'
import type { OpenAnalyzer } from '../../src/worker/analyzer.ts'

const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const MODEL: ModelIdentity = {
  id: 'test-1',
  variant: 'int8',
  sha256: sha('weights'),
  calibration: { sha256: sha('calibration'), status: 'provisional', fittedOn: 'nothing' },
}

export const openAnalyzer: OpenAnalyzer = async ({ limits }, onBatch) => ({
  models: [MODEL],
  async analyze({ path, name, settings, evidence }, { signal, onProgress }) {
    if (name?.includes('crash')) process.abort()
    if (name?.includes('slow')) {
      onProgress({ stage: 'faces', frames: 1, framesTotal: 2, share: 0.5, faces: 0, highestScore: null })
      await pause(3000, undefined, { signal })
    }
    const media = await openMedia({ path }, { limits, signal })
    try {
      let frames = 0
      for await (const _ of media.frames(settings.sampling)) frames++
      onBatch({ crops: 2, milliseconds: 20, models: { 'test-1': 20 } })
      const report = judge(media.info, settings, frames)
      if (evidence && name?.includes('later')) {
        const prepared = await prepareEvidence({ report, evidence: pictures(report), timings: NO_TIME })
        return { report, timings: { total: 25 }, evidence: prepared }
      }
      const html = await renderHtml({ report })
      const files = [
        { name: 'annotated.jpg', type: 'image/jpeg', bytes: new Uint8Array([1, 2, 3]) },
        { name: 'face-1.crop.jpg', type: 'image/jpeg', bytes: new Uint8Array([4, 5]) },
        { name: 'report.html', type: 'text/html', bytes: Buffer.from(html) },
      ]
      return { report, timings: { media: 3, scoring: 20, total: 25 }, evidence: evidence ? files : [] }
    } finally {
      await media.close()
    }
  },
  close: async () => undefined,
})

const NO_TIME = { media: 0, faces: 0, scoring: 0, temporal: 0, report: 0, total: 0 }

/** Grey pictures, as the detector would have kept them. */
function pictures({ media, faces }: Report): Evidence {
  const grey = (width: number, height: number) => ({
    width,
    height,
    data: new Uint8Array(width * height * 3).fill(128),
  })
  const map = { size: 28, probabilities: new Float32Array(784).fill(0.5) }
  return {
    frames: [{ frame: 0, seconds: 0, scale: 1, picture: grey(media.width, media.height) }],
    faces: faces.map(({ id }) => ({ faceId: id, frame: 0, crop: grey(224, 224), map })),
  }
}

/** Wide pictures are forged, tall ones real, square ones show nobody. */
function judge(media: Report['media'], settings: Report['settings'], frames: number): Report {
  const probability = media.width > media.height ? 0.97 : media.width < media.height ? 0.03 : null
  const band =
    probability === null ? 'inconclusive' : probability > 0.5 ? 'likely_manipulated' : 'likely_authentic'
  const verdict: Report['verdict'] = {
    band,
    probability,
    interval:
      probability === null ? null : [Math.max(0, probability - 0.02), Math.min(1, probability + 0.02)],
    family: band === 'likely_manipulated' ? 'face_swap' : null,
    faceId: probability === null ? null : 'face-1',
    reasons: probability === null ? [{ code: 'no_face', message: REASON_TEXT.no_face }] : [],
  }
  return {
    schema: REPORT_SCHEMA,
    version: '0.0.0',
    media,
    settings,
    models: [MODEL],
    verdict,
    faces: probability === null ? [] : [face(verdict, probability)],
    facesLeftOut: 0,
    frames: Array.from({ length: frames }, (_, index) => ({ index, seconds: index, faces: 1 })),
    cuts: [],
    notes: [],
  }
}

function face(verdict: Report['verdict'], probability: number): Face {
  const scores = { manipulated: probability, face_swap: probability * 0.9, reenactment: 0.1, synthesis: 0.05 }
  const quality = {
    side: 200,
    sharpness: 100,
    brightness: 120,
    clipped: 0,
    yaw: 0,
    pitch: 0,
    roll: 0,
    covered: 0,
    outside: 0,
    blocking: 1,
    reasons: [],
  }
  return {
    id: 'face-1',
    firstSeconds: 0,
    lastSeconds: 0,
    observed: 1,
    usable: 1,
    scores,
    models: [
      {
        model: 'test-1',
        logit: 2,
        scores,
        probability,
        flagged: verdict.family === null ? [] : [verdict.family],
      },
    ],
    verdict,
    quality,
    map: null,
    temporal: [],
    timeline: [],
  }
}
