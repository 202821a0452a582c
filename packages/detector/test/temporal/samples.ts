import type { Observation, Quality } from '@unswap/contract'
import type { Mesh } from '../../src/index.ts'
import { createTrackSummary } from '../../src/temporal/summarise-track.ts'
import type { TrackSample, TrackSummary } from '../../src/temporal/track-score.ts'

const QUALITY: Quality = {
  side: 224,
  sharpness: 20,
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

/** A face-like cloud of 468 points, the same each time. */
export const SHAPE: Mesh = {
  points: Float32Array.from({ length: 468 * 3 }, (_, i) => {
    const [point, axis] = [Math.floor(i / 3), i % 3]
    const [angle, radius] = [point * 2.4, 100 * Math.sqrt((point + 0.5) / 468)]
    return axis === 2 ? 0 : 300 + radius * (axis ? 1.3 * Math.sin(angle) : Math.cos(angle))
  }),
  presence: 1,
}

export interface SampleEdits {
  readonly seconds?: number
  readonly logits?: readonly number[]
  readonly usable?: boolean
  readonly quality?: Partial<Quality>
  readonly mesh?: Mesh
  readonly inside?: TrackSample['inside']
  readonly surround?: TrackSample['surround']
}

export function sample(edits: SampleEdits = {}): TrackSample {
  const { seconds = 0, logits = [0, -1, -2, -3], usable = true } = edits
  const observation: Observation = {
    frame: 0,
    seconds,
    box: { x: 0, y: 0, width: 100, height: 100 },
    landmarks: [],
    detectionScore: 1,
    crop: { centre: [300, 300], side: 224, roll: 0 },
    quality: { ...QUALITY, ...edits.quality },
    usable,
    scores: { manipulated: 0.5, face_swap: 0.5, reenactment: 0.5, synthesis: 0.5 },
    mapMean: 0,
  }
  return {
    observation,
    score: [{ model: 'one', logits: Float32Array.from(logits), map: null }],
    mesh: edits.mesh ?? SHAPE,
    inside: edits.inside ?? [0.5, 0.4, 0.3],
    surround: edits.surround ?? [0.2, 0.2, 0.2],
  }
}

export function summarize(samples: Iterable<TrackSample>): TrackSummary {
  const summary = createTrackSummary(0)
  for (const one of samples) summary.add(one)
  return summary.finish()
}

/** A track whose `manipulated` logits are given, frames `gap` seconds apart. */
export const trackOf = (logits: readonly number[], gap = 0.3): TrackSummary =>
  summarize(logits.map((logit, i) => sample({ seconds: i * gap, logits: [logit, -1, -2, -3] })))

/** Normal deviates of a fixed generator (mulberry32, Box and Muller). */
export function normals(seed: number): () => number {
  let state = seed
  const uniform = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
}
