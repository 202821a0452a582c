import { type MediaInfo, UnswapError } from '@unswap/contract'
import { checkCancelled, checkDuration, checkFrames, checkPixels } from '../check-limits.ts'
import type { Frame, Media } from '../frame.ts'
import type { DecodeRequest, VideoDecoder, VideoFile } from './decoder.ts'
import { readAhead } from './read-ahead.ts'
import { type FramePlan, planFrames } from './sampling.ts'

/** Frames that are decoded ahead while the consumer works on one. */
const FRAMES_AHEAD = 2

/** The part of `Media` that concerns the video; `open-media.ts` adds what concerns the source. */
export interface OpenedVideo extends Pick<Media, 'frames' | 'expectedFrames' | 'notes'> {
  readonly info: Omit<MediaInfo, 'sha256' | 'kind' | 'format' | 'bytes'>
}

/**
 * Probes a video and checks its size and length; decodes nothing yet.
 * @throws UnswapError what `VideoDecoder.probe` throws, `limit_pixels`, `limit_duration`.
 */
export async function openVideo(
  decoder: VideoDecoder,
  file: VideoFile,
  { limits, threads, signal }: Pick<DecodeRequest, 'limits' | 'threads' | 'signal'>,
): Promise<OpenedVideo> {
  const stream = await decoder.probe(file, limits, signal)
  const { shape, timeline, start } = stream
  checkPixels(shape.upright.width, shape.upright.height, limits)
  checkDuration(start + timeline.duration, limits)
  const { seconds, duration } = timeline
  const shown = (time: number) => Math.round((start + time) * 1e6) / 1e6
  const choose = (plan: FramePlan) => planFrames(seconds, duration, fromFirstFrame(plan, start))
  let partlyDecoded = !stream.complete

  async function* frames(plan: FramePlan): AsyncGenerator<Frame, void, undefined> {
    checkCancelled(signal)
    const chosen = choose(plan)
    checkFrames(chosen.length, limits)
    const leaving = new AbortController()
    const decoded = decoder.decode({
      file,
      stream,
      chosen,
      limits,
      threads,
      signal: AbortSignal.any([signal, leaving.signal]),
      onDamage: () => {
        partlyDecoded = true
      },
    })
    let index = 0
    try {
      for await (const { position, picture, release } of readAhead(decoded, FRAMES_AHEAD, () =>
        leaving.abort(),
      )) {
        checkCancelled(signal)
        yield { ...picture, index: index++, seconds: shown(seconds[position]!), ...(release && { release }) }
      }
    } catch (cause) {
      checkCancelled(signal)
      throw cause
    }
    checkCancelled(signal)
    if (index < chosen.length) partlyDecoded = true
    if (index === 0) {
      throw new UnswapError('media_unreadable', 'The video is damaged: none of its frames can be decoded.')
    }
  }

  return {
    info: {
      ...shape.upright,
      codec: stream.codec,
      durationSeconds: shown(duration),
      frameCount: seconds.length,
      frameRate: duration > 0 ? Math.round((seconds.length / duration) * 1e3) / 1e3 : null,
      rotation: shape.rotation,
      decoder: decoder.name,
    },
    get notes(): Media['notes'] {
      return partlyDecoded ? ['partly_decoded'] : []
    },
    frames,
    expectedFrames: (plan) => choose(plan).length,
  }
}

/** The plan with its moments counted from the first frame instead of the start of the file. */
function fromFirstFrame(plan: FramePlan, start: number): FramePlan {
  if (!('around' in plan)) return plan
  return { ...plan, around: plan.around.map((moment) => ({ ...moment, seconds: moment.seconds - start })) }
}
