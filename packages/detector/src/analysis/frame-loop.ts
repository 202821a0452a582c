import { type Progress, type Report, UnswapError } from '@unswap/contract'
import type { CropScore } from '../classifiers/crop-score.ts'
import type { TrackedFace } from '../faces/face.ts'
import type { Frame, Media } from '../media/frame.ts'
import type { FramePlan } from '../media/video/sampling.ts'
import type { EvidenceFrame } from '../report/evidence/evidence.ts'
import { type KeptFrame, keepFrame, keepHighest } from '../report/evidence/keep.ts'
import { addFace, type FaceTrack, type FaceTrackOptions, startTrack } from './face-track.ts'
import type { FaceFollower } from './follow-faces.ts'
import type { ResolvedOptions } from './options.ts'
import type { Clock } from './timings.ts'

/** Frames whose crops may wait for the networks while later frames are decoded. */
const MOST_IN_FLIGHT = 8

export interface FrameLoopOptions
  extends FaceTrackOptions,
    Pick<ResolvedOptions, 'evidenceFrames' | 'limits' | 'onProgress' | 'signal'> {
  readonly plan: FramePlan
  /** Frames of an earlier pass over the same media, which count in the progress. */
  readonly framesBefore: number
  readonly faces: FaceFollower
  scoreFace(frame: Frame, face: TrackedFace): Promise<CropScore>
  readonly clock: Clock
}

/** What one pass over the frames showed. */
export interface Pass {
  readonly tracks: readonly FaceTrack[]
  readonly frames: Report['frames']
  /** Seconds at which the scene changes. */
  readonly cuts: readonly number[]
  /** Most faces of a frame that were beyond the limit of faces. */
  readonly facesLeftOut: number
  /** Most suspicious first. */
  readonly evidence: readonly EvidenceFrame[]
}

/** A frame whose faces are being scored. */
interface InFlight {
  readonly frame: Pick<Frame, 'index' | 'seconds'>
  readonly faces: readonly { readonly face: TrackedFace; readonly score: Promise<CropScore> }[]
  readonly picture: KeptFrame | null
}

/**
 * Goes through the planned frames: has faces found in each, and scored while later frames are decoded. Memory holds a
 * few frames, one crop per track and the evidence, however long the video is.
 * @throws UnswapError `limit_frames`, or what a stage throws
 */
export async function runFrameLoop(media: Media, options: FrameLoopOptions): Promise<Pass> {
  const { plan, framesBefore, evidenceFrames, limits, clock, signal } = options
  const total = media.expectedFrames(plan)
  const tracks = new Map<number, FaceTrack>()
  const frames: Report['frames'] = []
  const kept = keepHighest<KeptFrame>(evidenceFrames)
  const inFlight: InFlight[] = []
  let highest: number | null = null

  function tell(stage: Progress['stage']): void {
    const done = framesBefore + frames.length - inFlight.length
    const framesTotal = total === null ? null : framesBefore + total
    options.onProgress?.({
      stage,
      frames: done,
      framesTotal,
      share: framesTotal ? Math.min(1, done / framesTotal) : null,
      faces: tracks.size,
      highestScore: highest,
    })
  }

  /** Awaits the scores of a frame and adds them to its tracks. */
  async function settle({ frame, faces, picture }: InFlight): Promise<void> {
    let most = 0
    for (const { face, score } of faces) {
      const track = tracks.get(face.track) ?? startTrack(face.track, options)
      tracks.set(face.track, track)
      most = Math.max(most, addFace(track, frame, face, await clock.time('scoring', () => score)))
    }
    if (faces.length) highest = Math.max(highest ?? 0, most)
    if (picture) kept.offer(most, picture)?.release?.()
    tell('scoring')
  }

  const stream = media.frames(plan)
  try {
    for (;;) {
      const next = await clock.time('media', () => stream.next())
      if (next.done) break
      signal.throwIfAborted()
      const frame = next.value
      if (frames.length >= limits.frames) {
        throw new UnswapError(
          'limit_frames',
          `More than ${limits.frames} frames would be analysed: ask for fewer.`,
        )
      }
      const { index, seconds } = frame
      const found = await clock.time('faces', () => options.faces.next(frame))
      frames.push({ index, seconds, faces: found.length })
      const faces = found.map((face) => {
        const score = options.scoreFace(frame, face)
        // Awaited in order by `settle`; until then a failure must not count as unhandled.
        score.catch(() => undefined)
        return { face, score }
      })
      inFlight.push({ frame: { index, seconds }, faces, picture: await keepFrame(frame, evidenceFrames > 0) })
      while (inFlight.length > MOST_IN_FLIGHT) await settle(inFlight.shift()!)
    }
    while (inFlight.length) await settle(inFlight.shift()!)
  } finally {
    await stream.return()
  }
  return {
    tracks: [...tracks.values()],
    frames,
    cuts: options.faces.cuts,
    facesLeftOut: options.faces.leftOut,
    evidence: kept.values().map(({ evidence }) => evidence),
  }
}
