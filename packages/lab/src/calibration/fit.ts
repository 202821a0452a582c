import type { Calibration } from '@unswap/contract'
import { brierScore, expectedCalibrationError } from '../evaluate/reliability.ts'
import { auc } from '../evaluate/roc.ts'
import type { Sample } from '../evaluate/sample.ts'
import { type BandRates, conformalBands } from './bands.ts'
import { fitCurve, probabilityAt } from './curve.ts'
import { FITS, type FitName } from './fits.ts'
import { crossValidated, foldsByGroup } from './folds.ts'

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
  readonly folds?: number
  readonly seed?: number
}

/**
 * A `calibration.json` from pooled media logits: one sample per image, one per face track of a video. The curves see
 * all samples; the bands come from probabilities of curves that were fitted without the sample (cross-conformal).
 * @throws UnswapError `bad_option` without both labels, or with too few samples for the rates
 */
export function fitCalibration(
  media: { readonly image: readonly Sample[]; readonly video: readonly Sample[] },
  options: CalibrateOptions,
): Calibration {
  const part = (samples: readonly Sample[]) => ({
    curve: fitCurve(samples, FITS[options.fit], options),
    bands: conformalBands(heldOut(samples, options), options),
    samples: samples.length,
  })
  return {
    status: 'fitted',
    fittedOn: options.fittedOn,
    prior: options.prior,
    image: part(media.image),
    video: part(media.video),
    minimumFrames: options.minimumFrames,
  }
}

function heldOut(samples: readonly Sample[], options: CalibrateOptions): Sample[] {
  const folds = foldsByGroup(samples, options.folds ?? 5, options.seed)
  return folds.flatMap((held, i) => {
    const curve = fitCurve(folds.filter((_, k) => k !== i).flat(), FITS[options.fit], options)
    return held.map((sample) => ({ ...sample, value: probabilityAt(curve, sample.value) }))
  })
}
