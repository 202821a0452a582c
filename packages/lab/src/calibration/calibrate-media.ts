import type { Calibration } from '@unswap/contract'
import type { PooledMedia } from '../evaluate/crops/pool-media.ts'
import type { FitName } from '../lab-vocabulary.ts'
import { type CalibrateOptions, compareFits, type FitComparison, fitCalibration } from './fit-calibration.ts'

export interface FitChoice extends Omit<CalibrateOptions, 'fit'> {
  /** The one with the lowest cross-validated Brier score by default. */
  readonly fit?: FitName | undefined
}

export interface Calibrated {
  readonly calibration: Calibration
  readonly fit: FitName
  readonly compared: readonly FitComparison[]
  /** True when videos alone (or images alone) were there, so that one curve serves both. */
  readonly oneKind: boolean
}

/**
 * A calibration from pooled media. Where only videos or only photographs were given, their curve stands for both, which
 * `fittedOn` says.
 * @throws UnswapError `bad_option` without both labels, or with too few media for the rates
 */
export function calibrateMedia(media: readonly PooledMedia[], options: FitChoice): Calibrated {
  const compared = compareFits(media)
  const fit = options.fit ?? compared[0]!.fit
  const of = (kind: PooledMedia['kind']) => media.filter((sample) => sample.kind === kind)
  const [images, videos] = [of('image'), of('video')]
  const oneKind = images.length === 0 || videos.length === 0
  const fittedOn = oneKind
    ? `${options.fittedOn} (${images.length === 0 ? 'videos' : 'photographs'} alone; their curve stands for both)`
    : options.fittedOn
  const calibration = fitCalibration(
    { image: images.length > 0 ? images : videos, video: videos.length > 0 ? videos : images },
    { ...options, fit, fittedOn },
  )
  return { calibration, fit, compared, oneKind }
}
