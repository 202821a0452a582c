import { type Bands, UnswapError } from '@unswap/contract'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'

/** Smallest step of a probability that is written down. */
const STEP = 1e-6

export interface BandRates {
  /** Most of the real media that may be called likely_manipulated. */
  readonly falsePositiveRate: number
  /** Most of the manipulated media that may be called likely_authentic. */
  readonly missRate: number
}

/**
 * Bounds of the bands by split conformal prediction (Vovk et al. 2005; Angelopoulos and Bates 2021): for new media
 * exchangeable with these, a real one falls into likely_manipulated with probability at most `falsePositiveRate`, a
 * manipulated one into likely_authentic with at most `missRate`. One sample per video or image. They may be those that
 * the probabilities were fitted on as long as these never fall with the logit: then a bound of the probability is one of
 * the logit, which no fit has touched. Where both bounds would cross, likely_authentic ends just below
 * likely_manipulated.
 * @throws UnswapError `bad_option` when there are too few samples for the rates asked for
 */
export function conformalBands(
  samples: readonly Sample[],
  { falsePositiveRate, missRate }: BandRates,
): Bands {
  const sorted = (label: Sample['label']) =>
    samples
      .filter((sample) => sample.label === label)
      .map(({ value }) => value)
      .toSorted((a, b) => a - b)
  const [reals, fakes] = [sorted('real'), sorted('fake')]
  const upper = reals[Math.ceil((reals.length + 1) * (1 - falsePositiveRate)) - 1]
  const lower = fakes[Math.floor((fakes.length + 1) * missRate) - 1]
  if (upper === undefined) throw tooFew('real', falsePositiveRate, reals.length)
  if (lower === undefined) throw tooFew('fake', missRate, fakes.length)
  const manipulated = upper + STEP
  if (manipulated > 1) {
    throw new UnswapError(
      'bad_option',
      `More than ${falsePositiveRate} of the real samples have probability 1: this model cannot keep that rate.`,
    )
  }
  return { manipulated, authentic: Math.max(Math.min(lower, manipulated) - STEP, 0), falsePositiveRate }
}

/** Samples of a label without which nothing can be promised at a rate. */
export const fewest = (rate: number): number => Math.ceil(1 / rate) - 1

function tooFew(label: Sample['label'], rate: number, count: number): UnswapError {
  return new UnswapError(
    'bad_option',
    `A rate of ${rate} needs at least ${fewest(rate)} ${label} samples, and there are ${count}: add some or allow more.`,
  )
}
