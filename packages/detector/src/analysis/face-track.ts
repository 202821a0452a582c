import type { CropTransform, MapSummary, Observation } from '@unswap/contract'
import type { CropScore } from '../classifiers/crop-score.ts'
import { meanMap, summarizeMap } from '../classifiers/manipulation-map.ts'
import { scoresOf } from '../classifiers/scores.ts'
import type { TrackedFace } from '../faces/face.ts'
import type { Frame } from '../media/frame.ts'
import type { EvidenceFace } from '../report/evidence/evidence.ts'
import { cropPicture } from '../report/evidence/keep.ts'
import { faceColours } from '../temporal/colours.ts'
import { createSequence, type Sequence } from '../temporal/sequence.ts'
import { createTrackSummary, type TrackAccumulator } from '../temporal/summarise-track.ts'

/** What is kept of one person's face while the frames go by: numbers, and the most suspicious crop. */
export interface FaceTrack {
  /** From 0 in order of appearance. */
  readonly number: number
  readonly timeline: Observation[]
  readonly pool: TrackAccumulator
  /** Per classifier, for its temporal head; null where it has none. */
  readonly sequences: readonly (Sequence | null)[]
  evidence:
    | (Omit<EvidenceFace, 'faceId'> & { readonly rank: number; readonly summary: MapSummary | null })
    | null
}

export interface FaceTrackOptions {
  /** Fewest usable frames that a video's face is judged by. */
  readonly minimumFrames: number
  /** Per classifier, the rows that its temporal head takes at a time; null where it has none. */
  readonly windows: readonly (number | null)[]
}

export const startTrack = (number: number, { minimumFrames, windows }: FaceTrackOptions): FaceTrack => ({
  number,
  timeline: [],
  pool: createTrackSummary(number, { minimumFrames }),
  sequences: windows.map((frames, model) => (frames === null ? null : createSequence(model, frames))),
  evidence: null,
})

/** Adds a scored face to its track; returns the face's uncalibrated score of `manipulated`, 0..1. */
export function addFace(
  track: FaceTrack,
  frame: Pick<Frame, 'index' | 'seconds'>,
  face: TrackedFace,
  score: CropScore,
): number {
  const scores = scoresOf(score.map(({ logits }) => logits))
  const map = meanMap(score)
  const summary = map && summarizeMap(map, face.mesh, face.crop.transform, frame.index)
  const observation: Observation = {
    frame: frame.index,
    seconds: frame.seconds,
    box: face.detection.box,
    landmarks: [...face.detection.landmarks],
    detectionScore: face.detection.score,
    crop: reported(face.crop.transform),
    quality: face.quality,
    usable: face.quality.reasons.length === 0,
    scores,
    mapMean: summary?.mean ?? 0,
  }
  track.timeline.push(observation)
  const sample = { observation, score, mesh: face.mesh, ...faceColours(face.crop, face.mesh) }
  track.pool.add(sample)
  if (observation.usable) for (const sequence of track.sequences) sequence?.add(sample)
  // An unusable crop explains a verdict only when there is no usable one.
  const rank = scores.manipulated + (observation.usable ? 1 : 0)
  if (!track.evidence || rank > track.evidence.rank) {
    const crop = cropPicture(face.crop.pixels, face.crop.size)
    track.evidence = { rank, summary, frame: frame.index, crop, map }
  }
  return scores.manipulated
}

/** The fields that reports have; a transform may carry more. */
const reported = ({ centre, side, roll }: CropTransform): CropTransform => ({ centre, side, roll })
