import { seeded } from '../../forge/seeded-random.ts'
import { LABELS } from '../../lab-vocabulary.ts'
import type { Sample } from './labelled-sample.ts'

/** A measured value with its interval, or a null interval when too few draws could be measured. */
export interface Estimate {
  readonly value: number
  readonly interval: readonly [number, number] | null
}

export interface BootstrapOptions {
  readonly draws?: number
  /** Share of the draws inside the interval. */
  readonly level?: number
  readonly seed?: number
}

/**
 * A percentile interval that respects videos: whole groups are drawn with replacement, since frames of one video
 * are not independent (cluster bootstrap; Field and Welsh 2007). Groups are drawn among the reals and among the
 * fakes separately, so that every draw has both. The same seed gives the same interval.
 */
export function bootstrap(
  samples: readonly Sample[],
  measure: (samples: readonly Sample[]) => number,
  { draws = 1000, level = 0.95, seed = 1 }: BootstrapOptions = {},
): Estimate {
  const strata = LABELS.map((label) => {
    const groups = Map.groupBy(
      samples.filter((sample) => sample.label === label),
      ({ group }) => group,
    )
    return [...groups.values()]
  })
  const random = seeded(seed, draws)
  const values: number[] = []
  for (let draw = 0; draw < draws; draw++) {
    const drawn = strata.flatMap((groups) =>
      groups.flatMap(() => groups[Math.floor(random.uniform(0, groups.length))]!),
    )
    const value = measure(drawn)
    if (Number.isFinite(value)) values.push(value)
  }
  values.sort((a, b) => a - b)
  const at = (share: number) => quantile(values, share)
  const tail = (1 - level) / 2
  return {
    value: measure(samples),
    interval: values.length < draws / 2 ? null : [at(tail), at(1 - tail)],
  }
}

/** Quantile of sorted values, linear between them (type 7 of Hyndman and Fan 1996). */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1)
  const below = Math.floor(at)
  const above = Math.min(below + 1, sorted.length - 1)
  return sorted[below]! + (at - below) * (sorted[above]! - sorted[below]!)
}
