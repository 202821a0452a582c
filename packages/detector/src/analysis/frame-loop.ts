import { type Progress, type Report, UnswapError } from '@unswap/contract'
import type { CropScore, Scorer } from '../classifiers/crop-score.ts'
import { scoreWithAugmentation } from '../classifiers/test-time-augmentation.ts'
import { alignFace } from '../faces/align.ts'
import type { Detection, TrackedFace } from '../faces/face.ts'
import type { Faces } from '../faces/find-faces.ts'
import { assessQuality } from '../faces/quality/quality.ts'
import { createTracker } from '../faces/track/tracker.ts'
import type { Frame, Media } from '../media/frame.ts'
import type { FramePlan } from '../media/video/sampling.ts'
import { keepHighest, shrinkFrame } from '../report/evidence/keep.ts'
import { newPerson, observe, type Person, type PersonOptions } from './face-track.ts'
import type { AnalyzeOptions, EvidenceFrame } from './options.ts'
import type { Clock } from './timings.ts'

/** Crop contract of the classifiers: margin and size that faces are aligned with. */
const CROP = { margin: 1.3, size: 224 }
/** Crops that may wait for the networks while later frames are decoded. */
const MOST_IN_FLIGHT = 8
/** Frames this far apart have little in common: the whole picture is searched again. */
const HINTS_SECONDS = 0.6
/** Between two thorough searches of a video, for people who come in small. */
const THOROUGH_SECONDS = 5
const DEFAULT_MAX_FACES = 16
const DEFAULT_EVIDENCE_FRAMES = 6

/** All that the frames of one media showed. */
export interface Watched {
  readonly persons: readonly Person[]
  readonly frames: Report['frames']
  readonly cuts: readonly number[]
  readonly leftOut: number
  readonly evidence: readonly EvidenceFrame[]
}

interface WatchOptions extends Omit<AnalyzeOptions, 'sampling'>, PersonOptions {
  readonly plan: FramePlan
  /** Frames of an earlier look at the same media, which count in the progress. */
  readonly framesBefore: number
  readonly signal: AbortSignal
  readonly mostFrames: number
}

interface Seen {
  readonly frame: Pick<Frame, 'index' | 'seconds'>
  readonly faces: readonly { readonly face: TrackedFace; readonly score: Promise<CropScore> }[]
  readonly kept: Kept | null
}

/** A picture that may become evidence, and the memory that it shares with its frame, if any. */
interface Kept {
  readonly evidence: EvidenceFrame
  release?(): void
}

/**
 * Goes through the frames: finds, follows and aligns faces, and has them scored while later frames are decoded.
 * Memory holds a few frames, one crop per person and the evidence, however long the video is.
 */
export async function watch(
  media: Media,
  faces: Faces,
  scorer: Scorer,
  clock: Clock,
  options: WatchOptions,
): Promise<Watched> {
  const {
    plan,
    framesBefore,
    signal,
    maxFaces = DEFAULT_MAX_FACES,
    evidenceFrames = DEFAULT_EVIDENCE_FRAMES,
    onProgress,
  } = options
  const total = media.expectedFrames(plan)
  const still = media.info.kind === 'image'
  const tracker = createTracker()
  const persons = new Map<number, Person>()
  const frames: Report['frames'] = []
  const evidence = keepHighest<Kept>(evidenceFrames)
  const waiting: Seen[] = []
  let leftOut = 0
  let highest: number | null = null
  let known: { readonly detections: readonly Detection[]; readonly seconds: number } | null = null
  let thorough = -Infinity

  const tell = (stage: Progress['stage']): void => {
    const done = framesBefore + frames.length - waiting.length
    const framesTotal = total === null ? null : framesBefore + total
    onProgress?.({
      stage,
      frames: done,
      framesTotal,
      share: framesTotal ? Math.min(1, done / framesTotal) : null,
      faces: persons.size,
      highestScore: highest,
    })
  }

  async function locate(frame: Frame): Promise<TrackedFace[]> {
    const sameScene = !tracker.startsScene(frame)
    const lean =
      sameScene &&
      known !== null &&
      frame.seconds - known.seconds <= HINTS_SECONDS &&
      frame.seconds - thorough < THOROUGH_SECONDS
    if (!lean) thorough = frame.seconds
    const found = await faces.locate(frame, {
      maxFaces,
      signal,
      ...(lean && known ? { hints: known.detections } : {}),
    })
    known = { detections: found.faces.map(({ detection }) => detection), seconds: frame.seconds }
    leftOut = Math.max(leftOut, found.leftOut)
    const aligned = found.faces.map((face) => ({ ...face, crop: alignFace(frame, face.mesh, CROP) }))
    const tracks = tracker.update(frame, aligned)
    return aligned.map((face, i) => ({
      ...face,
      track: tracks[i]!,
      quality: assessQuality(frame, face, face.crop),
    }))
  }

  async function settle({ frame, faces: seen, kept }: Seen): Promise<void> {
    let most = 0
    for (const { face, score } of seen) {
      const person = persons.get(face.track) ?? newPerson(face.track, options)
      persons.set(face.track, person)
      const manipulated = observe(person, frame, face, await clock.time('scoring', () => score))
      most = Math.max(most, manipulated)
    }
    if (seen.length) highest = Math.max(highest ?? 0, most)
    if (kept) evidence.offer(most, kept)?.release?.()
    tell('scoring')
  }

  const stream = media.frames(plan)
  try {
    for (;;) {
      const next = await clock.time('media', () => stream.next())
      if (next.done) break
      signal.throwIfAborted()
      const frame = next.value
      if (frames.length >= options.mostFrames) {
        throw new UnswapError(
          'limit_frames',
          `More than ${options.mostFrames} frames would be analysed: ask for fewer.`,
        )
      }
      const located = await clock.time('faces', () => locate(frame))
      frames.push({ index: frame.index, seconds: frame.seconds, faces: located.length })
      const scored = located.map((face) => {
        const score = still
          ? scoreWithAugmentation(scorer, frame, face, signal)
          : scorer.score(face.crop, signal)
        // Awaited in order below; until then a failure must not count as unhandled.
        score.catch(() => undefined)
        return { face, score }
      })
      waiting.push({
        frame: { index: frame.index, seconds: frame.seconds },
        faces: scored,
        kept: await keep(frame, evidenceFrames > 0),
      })
      while (waiting.length > MOST_IN_FLIGHT) await settle(waiting.shift()!)
    }
    while (waiting.length) await settle(waiting.shift()!)
  } finally {
    await stream.return()
  }
  return {
    persons: [...persons.values()],
    frames,
    cuts: tracker.cuts,
    leftOut,
    evidence: evidence.values().map(({ evidence: frame }) => frame),
  }
}

/** Releases the frame, unless its data is kept. */
async function keep(frame: Frame, wanted: boolean): Promise<Kept | null> {
  const { index, seconds } = frame
  const shrunk = wanted ? await shrinkFrame(frame) : null
  if (shrunk?.picture.data !== frame.data) frame.release?.()
  if (shrunk === null) return null
  const evidence = { frame: index, seconds, ...shrunk }
  return shrunk.picture.data === frame.data && frame.release
    ? { evidence, release: frame.release }
    : { evidence }
}
