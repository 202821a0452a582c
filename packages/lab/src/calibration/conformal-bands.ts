import { type Bands, UnswapError } from '@unswap/contract'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'

/** Smallest step of a probability that is written down. */
const STEP = 1e-6

export interface BandRates {
  /** Largest share of real media that may be called likely_manipulated, 0..1. */
  readonly falsePositiveRate: number
  /** Largest share of manipulated media that may be called likely_authentic, 0..1. */
  readonly missRate: number
}

/**
 * Bounds of the bands by split conformal prediction (Vovk et al. 2005; Angelopoulos and Bates 2021). New real media that
 * are exchangeable with these fall into likely_manipulated with probability at most `falsePositiveRate`. Manipulated ones
 * fall into likely_authentic with at most `missRate`.
 *
 * The samples may be those that the curve was fitted on. It never falls, so a bound of the probability is a bound of the
 * logit, which no fit has touched. Where the bounds would cross, likely_authentic ends just below likely_manipulated.
 * @param samples one per photograph or video; their values are probabilities
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

/** Fewest samples of a label for which a rate can be promised. */
export const fewest = (rate: number): number => Math.ceil(1 / rate) - 1

function tooFew(label: Sample['label'], rate: number, count: number): UnswapError {
  return new UnswapError(
    'bad_option',
    `A rate of ${rate} needs at least ${fewest(rate)} ${label} samples, and there are ${count}: add some or allow more.`,
  )
}
