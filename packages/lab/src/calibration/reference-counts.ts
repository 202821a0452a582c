import { PROBABILITY_BINS, type Reference } from '@unswap/contract'
import type { Label } from '../lab-vocabulary.ts'

/** How many of the probabilities lie in each of `PROBABILITY_BINS`, of reals and of fakes. */
export function referenceOf(
  judged: readonly { readonly label: Label; readonly probability: number }[],
): Reference {
  const count = (label: Label) =>
    PROBABILITY_BINS.map((end, i) => {
      const start = PROBABILITY_BINS[i - 1] ?? -1
      return judged.filter((one) => one.label === label && one.probability > start && one.probability <= end)
        .length
    })
  return { real: count('real'), fake: count('fake') }
}
