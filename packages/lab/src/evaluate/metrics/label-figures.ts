import { averagePrecision } from './average-precision.ts'
import { bootstrap, type Estimate } from './bootstrap.ts'
import type { Sample } from './labelled-sample.ts'
import { auc, equalErrorRate, ratesAt } from './roc-curve.ts'

/** How well values tell fakes from reals; the false-positive rate comes first because it harms real people. */
export interface Figures {
  readonly samples: { readonly real: number; readonly fake: number }
  /** At the model's own threshold. Rates are null where a label is missing. */
  readonly falsePositiveRate: Estimate | null
  readonly truePositiveRate: Estimate | null
  readonly accuracy: Estimate
  /** Without a threshold; null where a label is missing. */
  readonly auc: Estimate | null
  readonly averagePrecision: Estimate | null
  readonly equalErrorRate: Estimate | null
}

/** Figures with 95 % intervals by video. */
export function figuresOf(samples: readonly Sample[], threshold: number, draws = 300): Figures {
  const count = (label: Sample['label']) => samples.filter((sample) => sample.label === label).length
  const counted = { real: count('real'), fake: count('fake') }
  const measured = (needed: boolean, measure: (samples: readonly Sample[]) => number) =>
    needed ? bootstrap(samples, measure, { draws }) : null
  const both = counted.real > 0 && counted.fake > 0
  return {
    samples: counted,
    falsePositiveRate: measured(counted.real > 0, (own) => ratesAt(own, threshold).falsePositiveRate),
    truePositiveRate: measured(counted.fake > 0, (own) => ratesAt(own, threshold).truePositiveRate),
    accuracy: bootstrap(samples, (own) => ratesAt(own, threshold).accuracy, { draws }),
    auc: measured(both, auc),
    averagePrecision: measured(both, averagePrecision),
    equalErrorRate: measured(both, equalErrorRate),
  }
}
