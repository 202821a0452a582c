import { requireBoth, type Sample } from '../evaluate/metrics/labelled-sample.ts'
import type { FitName } from '../lab-vocabulary.ts'
import { fitIsotonic } from './isotonic.ts'
import { fitLogistic, sigmoid, smoothTargets } from './logistic.ts'

/** From a logit to a probability of fake, under the share of fakes that the fit saw. */
export type Calibrator = (value: number) => number

/** Fits a calibrator on samples whose values are logits. @throws UnswapError `bad_option` without both labels */
export type Fit = (samples: readonly Sample[]) => Calibrator

const fitted = (samples: readonly Sample[], features: (value: number) => readonly number[]): number[] => {
  requireBoth(samples)
  return fitLogistic(
    samples.map(({ value }) => features(value)),
    smoothTargets(samples),
  )
}

/** One factor on the logit (Guo et al. 2017); never turns the order round. */
const temperature: Fit = (samples) => {
  const [factor] = fitted(samples, (value) => [value])
  const scale = Math.max(factor!, 1e-6)
  return (value) => sigmoid(scale * value)
}

/** A factor and an offset (Platt 1999). */
const platt: Fit = (samples) => {
  const [factor, offset] = fitted(samples, (value) => [value, 1])
  return (value) => sigmoid(factor! * value + offset!)
}

/**
 * Beta calibration (Kull et al. 2017): separate factors on ln s and −ln(1 − s) of the score s, so the two ends may
 * bend differently. A negative factor is dropped, as in the paper.
 */
const beta: Fit = (samples) => {
  const up = (value: number) => -Math.log1p(Math.exp(-value))
  const down = (value: number) => Math.log1p(Math.exp(value))
  const [a, b, c] = fitted(samples, (value) => [up(value), down(value), 1])
  if (a! >= 0 && b! >= 0) return (value) => sigmoid(a! * up(value) + b! * down(value) + c!)
  const kept = a! < 0 ? down : up
  const [factor, offset] = fitted(samples, (value) => [kept(value), 1])
  return (value) => sigmoid(Math.max(factor!, 0) * kept(value) + offset!)
}

/** The best non-decreasing steps (pool adjacent violators), linear between them. */
const isotonic: Fit = (samples) => {
  requireBoth(samples)
  return fitIsotonic(samples)
}

export const FITS = { temperature, platt, beta, isotonic } as const satisfies Record<FitName, Fit>
