import type { Calibration } from '@unswap/contract'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { brierScore, expectedCalibrationError } from '../evaluate/metrics/reliability.ts'
import { auc } from '../evaluate/metrics/roc-curve.ts'
import type { FitName } from '../lab-vocabulary.ts'
import { FITS } from './calibrators.ts'
import { type BandRates, conformalBands } from './conformal-bands.ts'
import { fitCurve, probabilityAt } from './fit-curve.ts'
import { crossValidated, foldsByGroup } from './folds.ts'
import { referenceOf } from './reference-counts.ts'
import { strataOf } from './size-strata.ts'

/** How well each calibrator does on samples that it was not fitted on. */
export interface FitComparison {
  readonly fit: FitName
  readonly expectedCalibrationError: number
  readonly brierScore: number
  readonly auc: number
}

/** All calibrators side by side, cross-validated by group, lowest Brier score first. Values are logits. */
export function compareFits(samples: readonly Sample[], folds = 5, seed = 1): FitComparison[] {
  return (Object.keys(FITS) as FitName[])
    .map((fit) => {
      const held = crossValidated(samples, FITS[fit], folds, seed)
      return {
        fit,
        expectedCalibrationError: expectedCalibrationError(held),
        brierScore: brierScore(held),
        auc: auc(held),
      }
    })
    .toSorted((a, b) => a.brierScore - b.brierScore)
}

export interface CalibrateOptions extends BandRates {
  /** What the samples are: data set, split, compression; shown in every report. */
  readonly fittedOn: string
  readonly fit: FitName
  readonly prior: number
  readonly minimumFrames: number
  /** Sides of the face's crop at which strata meet, ascending; none by default. */
  readonly strata?: readonly number[]
  readonly folds?: number
  readonly seed?: number
}

/** A pooled logit, and how large the face is: side of the detector's crop in pixels of the picture. */
export interface SizedSample extends Sample {
  readonly side: number
}

/**
 * A `calibration.json` from pooled logits, one sample per photograph or video. Curves and bands are fitted to all samples.
 * The reference holds probabilities of curves that were fitted without the sample's group, as for new media. A stratum
 * with too few samples for bands of its own is left out: the curve of all sizes judges it.
 * @throws UnswapError `bad_option` without both labels, or with too few samples for the rates
 */
export function fitCalibration(
  media: { readonly image: readonly SizedSample[]; readonly video: readonly SizedSample[] },
  options: CalibrateOptions,
): Calibration {
  return {
    status: 'fitted',
    fittedOn: options.fittedOn,
    prior: options.prior,
    image: partOf(media.image, options),
    video: partOf(media.video, options),
    minimumFrames: options.minimumFrames,
  }
}

function partOf(samples: readonly SizedSample[], options: CalibrateOptions): Calibration['image'] {
  const whole = fitted(samples, options)
  const strata = strataOf(samples, options).map(({ own, ...ends }) => ({ ...ends, ...fitted(own, options) }))
  const judged = samples.map((sample) => {
    const part = strata.find(({ probabilities }) => probabilities.has(sample)) ?? whole
    return { label: sample.label, probability: part.probabilities.get(sample)! }
  })
  return {
    ...written(whole),
    ...(strata.length > 0 ? { strata: strata.map(written) } : {}),
    reference: referenceOf(judged),
  }
}

/** Without the probabilities, which are not part of the file. */
const written = <T extends { probabilities: unknown }>({ probabilities: _, ...rest }: T) => rest

function fitted(samples: readonly SizedSample[], options: CalibrateOptions) {
  const curve = fitCurve(samples, FITS[options.fit], options)
  const judged = samples.map((sample) => ({ ...sample, value: probabilityAt(curve, sample.value) }))
  return {
    curve,
    bands: conformalBands(judged, options),
    samples: samples.length,
    probabilities: heldOut(samples, options),
  }
}

/** Each sample's probability by a curve that was fitted without its group. */
function heldOut(samples: readonly SizedSample[], options: CalibrateOptions): Map<Sample, number> {
  const folds = foldsByGroup(samples, options.folds ?? 5, options.seed)
  return new Map(
    folds.flatMap((held, i) => {
      const seen = folds.filter((_, k) => k !== i).flat()
      const curve = fitCurve(seen, FITS[options.fit], { prior: options.prior, draws: 0 })
      return held.map((sample) => [sample, probabilityAt(curve, sample.value)] as const)
    }),
  )
}
