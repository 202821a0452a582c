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

/** What stays of one person's face while the frames go by: numbers, and the most telling crop. */
export interface Person {
  readonly track: number
  readonly timeline: Observation[]
  readonly pool: TrackAccumulator
  /** Per classifier, for its temporal head; null where it has none. */
  readonly sequences: readonly (Sequence | null)[]
  telling:
    | (Omit<EvidenceFace, 'faceId'> & { readonly rank: number; readonly summary: MapSummary | null })
    | null
}

export interface PersonOptions {
  readonly minimumFrames: number
  /** Per classifier, the rows that its temporal head takes at a time; null where it has none. */
  readonly windows: readonly (number | null)[]
}

export const newPerson = (track: number, { minimumFrames, windows }: PersonOptions): Person => ({
  track,
  timeline: [],
  pool: createTrackSummary(track, { minimumFrames }),
  sequences: windows.map((frames, model) => (frames === null ? null : createSequence(model, frames))),
  telling: null,
})

/** Adds a scored face to its person; returns the face's uncalibrated score. */
export function observe(
  person: Person,
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
    crop: withoutExcess(face.crop.transform),
    quality: face.quality,
    usable: face.quality.reasons.length === 0,
    scores,
    mapMean: summary?.mean ?? 0,
  }
  person.timeline.push(observation)
  const sample = { observation, score, mesh: face.mesh, ...faceColours(face.crop, face.mesh) }
  person.pool.add(sample)
  if (observation.usable) for (const sequence of person.sequences) sequence?.add(sample)
  // An unusable crop explains a verdict only when there is no usable one.
  const rank = scores.manipulated + (observation.usable ? 1 : 0)
  if (!person.telling || rank > person.telling.rank) {
    const crop = cropPicture(face.crop.pixels, face.crop.size)
    person.telling = { rank, summary, frame: frame.index, crop, map }
  }
  return scores.manipulated
}

const withoutExcess = ({ centre, side, roll }: CropTransform): CropTransform => ({ centre, side, roll })
