import type { Bands, Calibration, Curve } from '@unswap/contract'

/**
 * How often single crops exceed the logits −1, 0, 1, 2 and 3: what is known of a classifier before anyone has fitted a
 * calibration to pooled scores of whole media.
 */
export interface TailShares {
  readonly count: number
  /** Shares above each of `EDGES`, falling. */
  readonly above: readonly [number, number, number, number, number]
}

const EDGES = [-1, 0, 1, 2, 3] as const
/** Middles of the six bins; the open ones end half a bin beyond their edge, and the curve is flat from there. */
const KNOTS = [-1.5, -0.5, 0.5, 1.5, 2.5, 3.5]
/** Standard errors on either side of a 90 % interval. */
const Z = 1.645
/** At most one manipulated in three: "likely" as the IPCC uses the word. */
const LIKELY_AUTHENTIC = 0.33

/** xception-1 on faces that it had not seen (its model card). */
export const XCEPTION_1 = {
  photographs: { count: 1198, above: [0.114, 0.053, 0.028, 0.014, 0.006] },
  videoFrames: { count: 4834, above: [0.211, 0.121, 0.071, 0.041, 0.021] },
  fakes: [
    { count: 2812, above: [0.952, 0.926, 0.898, 0.87, 0.82] }, // autoencoder face swaps of the kind trained on
    { count: 200, above: [0.785, 0.675, 0.595, 0.49, 0.35] }, // Deepfakes of another data set, strongly compressed
    { count: 200, above: [0.3, 0.155, 0.07, 0.04, 0.015] }, // graphics-based FaceSwap, strongly compressed
    { count: 165, above: [0.933, 0.897, 0.891, 0.8, 0.721] }, // StyleGAN
    { count: 200, above: [0.735, 0.66, 0.58, 0.475, 0.34] }, // StyleGAN2
  ],
  /** Reenactment, texture-only forgeries and diffusion portraits: only a frame AUC of .60 to .67 is known. */
  hardlySeenAuc: 0.6,
} as const

export interface ProvisionalEvidence {
  readonly photographs: TailShares
  readonly videoFrames: TailShares
  readonly fakes: readonly TailShares[]
  readonly hardlySeenAuc: number
}

/**
 * A calibration from tail shares alone, at even prior odds: per bin the likelihood ratio of an equal mixture of the kinds
 * of fakes to real faces. For the kinds of which only the AUC is known, real faces' shares above are raised to the power
 * 1 / AUC − 1 (Lehmann's alternative, which has that AUC). Shares are Wilson's midpoints, so that a count never says more
 * than it can, and the curve never falls. `spread` adds the counts' errors to the disagreement of the kinds of fakes:
 * the next kind may be unlike them all.
 *
 * A video's curve is that of its single frames although means over frames separate better: with one kind of fake to go
 * by, nothing is credited. The bands' false-positive rates are the shares of real crops above the logit that each starts at.
 */
export function deriveProvisional(evidence: ProvisionalEvidence): Calibration {
  const part = (real: TailShares, edge: (typeof EDGES)[number]) => {
    const curve = curveOf(real, evidence)
    const samples = real.count + evidence.fakes.reduce((sum, { count }) => sum + count, 0)
    return { curve, bands: bandsFrom(curve, real, edge), samples }
  }
  return {
    status: 'provisional',
    fittedOn:
      'Tail shares of single crops: real photographs and compressed real video frames against an equal mixture of ' +
      'autoencoder swaps, Deepfakes, FaceSwap, StyleGAN, StyleGAN2, and kinds that are hardly seen (reenactment, ' +
      'texture-only, diffusion). No pooled score of a video was used.',
    prior: 0.5,
    image: part(evidence.photographs, 2),
    video: part(evidence.videoFrames, 3),
    minimumFrames: 8,
    minimumSide: 56, // the trainer shrank no crop further
  }
}

function curveOf(real: TailShares, { fakes, hardlySeenAuc }: ProvisionalEvidence): Curve {
  const hardlySeen = real.above.map((share) => share ** (1 / hardlySeenAuc - 1))
  const kinds = [...fakes.map(({ above }) => binShares(above)), binShares(hardlySeen)]
  const count = fakes.reduce((sum, fake) => sum + fake.count, 0)
  const bins = binShares(real.above).map((share, bin) => {
    const own = wilson(share, real.count)
    const perKind = kinds.map((shares) => shares[bin]!)
    const mixture = wilson(mean(perKind), count)
    const betweenKinds = deviation(perKind) / Math.sqrt(kinds.length) / mixture.middle
    return {
      logOdds: Math.log(mixture.middle / own.middle),
      spread: Math.hypot(own.error / own.middle, mixture.error / mixture.middle, betweenKinds),
    }
  })
  const logOdds = bins.map((_, bin) => Math.max(...bins.slice(0, bin + 1).map((one) => one.logOdds)))
  return { knots: KNOTS, logOdds: logOdds.map(rounded), spread: bins.map(({ spread }) => rounded(spread)) }
}

/** Shares of the six bins that five edges make. */
const binShares = (above: readonly number[]): number[] =>
  [1, ...above].map((share, i) => share - (above[i] ?? 0))

/** Middle of Wilson's score interval and its half width as a standard error. */
function wilson(share: number, count: number): { middle: number; error: number } {
  const total = count + Z ** 2
  return {
    middle: (share * count + Z ** 2 / 2) / total,
    error: Math.sqrt(share * (1 - share) * count + Z ** 2 / 4) / total,
  }
}

/** `manipulated` starts at an edge whose share of real crops is known. */
function bandsFrom({ knots, logOdds }: Curve, real: TailShares, edge: (typeof EDGES)[number]): Bands {
  const above = knots.findIndex((knot) => knot > edge)
  const odds = (logOdds[above - 1]! + logOdds[above]!) / 2 // an edge lies halfway between knots
  return {
    authentic: LIKELY_AUTHENTIC,
    manipulated: Math.round(1000 / (1 + Math.exp(-odds))) / 1000,
    falsePositiveRate: real.above[EDGES.indexOf(edge)]!,
  }
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

function deviation(values: readonly number[]): number {
  const middle = mean(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

const rounded = (value: number): number => Math.round(value * 1e4) / 1e4
