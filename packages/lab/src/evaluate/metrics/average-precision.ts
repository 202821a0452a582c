import { requireBoth, type Sample } from './labelled-sample.ts'

/**
 * Average precision: the mean over recall of precision, as a step function (no interpolation); tied values count
 * as one step. Depends on the share of fakes, which must be told beside it.
 * @throws UnswapError `bad_option` without both labels
 */
export function averagePrecision(samples: readonly Sample[]): number {
  requireBoth(samples)
  const sorted = samples.toSorted((a, b) => b.value - a.value)
  const fakes = sorted.filter(({ label }) => label === 'fake').length
  let [found, foundBefore, area] = [0, 0, 0]
  sorted.forEach(({ label, value }, i) => {
    if (label === 'fake') found++
    if (sorted[i + 1]?.value === value) return
    area += ((found - foundBefore) / fakes) * (found / (i + 1))
    foundBefore = found
  })
  return area
}
