import { robustSpread } from './robust.ts'
import type { Passage } from './track-score.ts'

/** A passage lasts at least this long; frames closer together hardly differ. */
const SHORTEST_SECONDS = 1

/**
 * The window of neighbouring samples with the highest mean. A window has at least `fewest` samples and lasts a second.
 *
 * The highest of K normal means with spread s lies about s √(2 ln K) above their centre by chance alone, so that is
 * subtracted. What is left can be compared with a mean over the whole video. Both K and s err towards subtracting
 * more: K counts overlapping windows as if they were independent, and s is the larger of the robust spread of the
 * windows' means and that of averaged noise.
 * @param seconds ascending
 */
export function findPassage(
  logits: ArrayLike<number>,
  seconds: ArrayLike<number>,
  fewest: number,
): Passage | null {
  const windows = windowsOf(logits, seconds, fewest)
  if (windows.length < 2) return null
  const highest = windows.reduce((best, window) => (window.mean > best.mean ? window : best))
  const samples = highest.end - highest.start
  const spread = Math.max(
    robustSpread(windows.map(({ mean }) => mean)),
    robustSpread(logits) / Math.sqrt(samples),
  )
  return {
    logit: highest.mean - spread * Math.sqrt(2 * Math.log(windows.length)),
    firstSeconds: seconds[highest.start]!,
    lastSeconds: seconds[highest.end - 1]!,
    samples,
  }
}

function windowsOf(logits: ArrayLike<number>, seconds: ArrayLike<number>, fewest: number) {
  const windows: { start: number; end: number; mean: number }[] = []
  let [sum, end] = [0, 0]
  for (let start = 0; start < logits.length; start++) {
    const long = () => end - start >= fewest && seconds[end - 1]! - seconds[start]! >= SHORTEST_SECONDS
    while (end < logits.length && !long()) sum += logits[end++]!
    if (!long()) break
    windows.push({ start, end, mean: sum / (end - start) })
    sum -= logits[start]!
  }
  return windows
}
