import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { seeded } from '../forge/seeded-random.ts'
import type { Fit } from './calibrators.ts'

/**
 * Splits samples into `count` folds; samples of one group stay together, and each label is spread evenly over the
 * folds. The same seed gives the same folds.
 */
export function foldsByGroup<S extends Sample>(samples: readonly S[], count: number, seed = 1): S[][] {
  const folds: S[][] = Array.from({ length: count }, () => [])
  const random = seeded(seed, count)
  const groups = [...Map.groupBy(samples, ({ group }) => group).values()]
  const dealt = groups
    .map((group) => ({ group, order: random.uniform(0, 1), fake: group[0]!.label === 'fake' }))
    .toSorted((a, b) => Number(a.fake) - Number(b.fake) || a.order - b.order)
  dealt.forEach(({ group }, i) => {
    folds[i % count]!.push(...group)
  })
  return folds
}

/** Each sample with the probability of a calibrator that was fitted without its fold. */
export function crossValidated(samples: readonly Sample[], fit: Fit, count = 5, seed = 1): Sample[] {
  const folds = foldsByGroup(samples, count, seed)
  return folds.flatMap((held, i) => {
    const calibrate = fit(folds.filter((_, k) => k !== i).flat())
    return held.map((sample) => ({ ...sample, value: calibrate(sample.value) }))
  })
}
