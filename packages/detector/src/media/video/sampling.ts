import type { Sampling } from '@unswap/contract'

/** Seconds between the frames of a second pass: far enough apart to differ, near enough to stay in one shot. */
const DENSE_SECONDS = 0.12

/** The frames of a first pass, and a number of further frames around some moments. */
export interface SecondPassPlan {
  readonly first: Sampling
  readonly around: readonly { readonly seconds: number; readonly frames: number }[]
}

/** Which frames of a video to decode. */
export type FramePlan = Sampling | SecondPassPlan

/**
 * Which frames of a video to take, as ascending distinct positions in `seconds`.
 *
 * - `count`: the frame on screen in the middle of each of that many equal spans. Where a frame lasts over several spans,
 *   its nearest free neighbours are taken as well. Every frame once where there are not more.
 * - `fps`: the first frame in each span of 1 / fps seconds.
 * - `all`: every frame.
 * - a second pass: the frames of the first, and around each moment frames 0.12 s apart, in turn after and before it.
 *
 * @param seconds presentation times, ascending, from 0
 * @param duration length of the video in seconds, at least the last of `seconds`
 */
export function planFrames(seconds: ArrayLike<number>, duration: number, sampling: FramePlan): number[] {
  if ('around' in sampling) return framesOfSecondPass(seconds, duration, sampling)
  const everyFrame = () => Array.from({ length: seconds.length }, (_, position) => position)
  if ('all' in sampling) return everyFrame()
  if ('fps' in sampling) return firstOfEachSpan(seconds, sampling.fps)
  if (sampling.count >= seconds.length) return everyFrame()
  return distinct(middles(seconds, duration, sampling.count), seconds.length)
}

function framesOfSecondPass(
  seconds: ArrayLike<number>,
  duration: number,
  { first, around }: SecondPassPlan,
): number[] {
  const chosen = new Set(planFrames(seconds, duration, first))
  for (const moment of around) {
    let missing = moment.frames
    for (let step = 1; missing > 0 && step <= moment.frames; step++) {
      for (const direction of [1, -1]) {
        const position = nearest(seconds, moment.seconds + direction * step * DENSE_SECONDS)
        if (missing === 0 || chosen.has(position)) continue
        chosen.add(position)
        missing--
      }
    }
  }
  return [...chosen].sort((a, b) => a - b)
}

/** Position of the frame shown nearest to a time, by binary search. */
function nearest(seconds: ArrayLike<number>, time: number): number {
  let [low, high] = [0, seconds.length - 1]
  while (low < high) {
    const middle = (low + high) >> 1
    if (seconds[middle]! < time) low = middle + 1
    else high = middle
  }
  return low > 0 && time - seconds[low - 1]! <= seconds[low]! - time ? low - 1 : low
}

function firstOfEachSpan(seconds: ArrayLike<number>, fps: number): number[] {
  // Containers round times, often to milliseconds: a frame that is early by less belongs to the next span.
  const span = (position: number) => Math.floor((seconds[position]! + 0.0006) * fps)
  const chosen: number[] = []
  for (let position = 0; position < seconds.length; position++) {
    if (chosen.length === 0 || span(position) > span(chosen.at(-1)!)) chosen.push(position)
  }
  return chosen
}

function middles(seconds: ArrayLike<number>, duration: number, count: number): number[] {
  const chosen: number[] = []
  let position = 0
  for (let span = 0; span < count; span++) {
    const middle = ((span + 0.5) * duration) / count
    while (position + 1 < seconds.length && seconds[position + 1]! <= middle) position++
    chosen.push(position)
  }
  return chosen
}

/** Makes ascending positions strictly ascending within 0..length-1, in one sweep that moves each as little as it can. */
function distinct(positions: readonly number[], length: number): number[] {
  const chosen: number[] = []
  for (const [order, position] of positions.entries()) {
    const lowest = (chosen.at(-1) ?? -1) + 1
    const highest = length - (positions.length - order)
    chosen.push(Math.min(Math.max(position, lowest), highest))
  }
  return chosen
}
