/** The frames of a video stream that are shown, in order of presentation. */
export interface Timeline {
  /** Presentation times in units of `tickSeconds`, ascending and distinct, from the container's zero. */
  readonly ticks: Float64Array
  readonly tickSeconds: number
  /** Seconds from the first frame, rounded to microseconds. */
  readonly seconds: Float64Array
  /** Seconds from the first frame's start to the last one's end. */
  readonly duration: number
  /** Positions of the frames at which a decoder can start, ascending. */
  readonly keyframes: readonly number[]
}

/** A frame in the container: its time and duration (0 if unknown), and whether decoding can start at it. */
export interface TimelineEntry {
  readonly tick: number
  readonly length: number
  readonly key: boolean
}

/** Sorts the container's entries by time. Of entries with the same time, only the first is kept. */
export function buildTimeline(entries: readonly TimelineEntry[], tickSeconds: number): Timeline {
  const sorted = entries.toSorted((a, b) => a.tick - b.tick)
  const shown = sorted.filter((entry, position) => entry.tick !== sorted[position - 1]?.tick)
  const ticks = Float64Array.from(shown, (entry) => entry.tick)
  const seconds = ticks.map((tick) => toMicroseconds((tick - ticks[0]!) * tickSeconds))
  const last = ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) * tickSeconds
  // The last frame is given the others' mean duration: the one that containers declare is often missing or wrong.
  const lastLength = shown.length > 1 ? last / (shown.length - 1) : (shown[0]?.length ?? 0) * tickSeconds
  return {
    ticks,
    tickSeconds,
    seconds,
    duration: toMicroseconds(last + lastLength),
    keyframes: shown.flatMap((entry, position) => (entry.key ? [position] : [])),
  }
}

function toMicroseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6
}

/** One run of the decoder: from the keyframe at position `from` until the last of `chosen` is decoded. */
export interface Run {
  readonly from: number
  readonly chosen: readonly number[]
}

/** Most stretches of neighbouring frames in one run, as ffmpeg's command line names each of them. */
const RUN_STRETCHES = 1000

/**
 * Splits the chosen frames into runs wherever starting again at a keyframe saves at least `worthwhile` frames.
 * @param chosen positions in the timeline, ascending
 */
export function planRuns(timeline: Timeline, chosen: readonly number[], worthwhile: number): Run[] {
  const runs: { from: number; chosen: number[] }[] = []
  let key = 0
  let stretches = 0
  for (const position of chosen) {
    while (key + 1 < timeline.keyframes.length && timeline.keyframes[key + 1]! <= position) key++
    const start = Math.min(timeline.keyframes[key] ?? 0, position)
    const last = runs.at(-1)?.chosen.at(-1)
    if (last !== position - 1) stretches++
    if (last === undefined || start - last >= worthwhile || stretches > RUN_STRETCHES) {
      runs.push({ from: last === undefined && start < worthwhile ? 0 : start, chosen: [position] })
      stretches = 1
    } else {
      runs.at(-1)!.chosen.push(position)
    }
  }
  return runs
}
