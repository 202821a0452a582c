import { type Calibration, PROBABILITY_BINS, type Reference } from '@unswap/contract'
import { gapByChance, jensenShannon, largestGap, shares, stabilityIndex } from './histogram-distance.ts'
import type { LiveCounts } from './read-metrics.ts'

/** Of fewer media nothing is said. */
const FEWEST = 50
/** Differences from which one should look again, and from which it is drift. */
const THRESHOLDS = {
  stabilityIndex: { watch: 0.1, drift: 0.25 },
  jensenShannon: { watch: 0.1, drift: 0.2 },
} as const

export type DriftLevel = 'too_few' | 'steady' | 'watch' | 'drift'

/** How the probabilities of one kind of media differ from those of the calibration. */
export interface KindDrift {
  readonly kind: 'image' | 'video'
  readonly level: DriftLevel
  /** Media that the service judged, and that the calibration was fitted on. */
  readonly live: number
  readonly fittedOn: number
  /** Share of manipulated media that the reference assumes. */
  readonly share: number
  readonly stabilityIndex: number
  readonly jensenShannon: number
  /** Kolmogorov-Smirnov, and what chance alone exceeds once in a hundred times. */
  readonly largestGap: number
  readonly gapByChance: number
  /** The share of manipulated media under which the reference fits best, and what is left then. */
  readonly bestShare: number
  readonly levelAtBestShare: DriftLevel
  readonly bins: readonly { readonly to: number; readonly expected: number; readonly seen: number }[]
}

export interface Drift {
  readonly schema: 'unswap.drift/1'
  readonly level: DriftLevel
  readonly kinds: readonly KindDrift[]
}

/** From harmless to grave. */
const LEVELS: readonly DriftLevel[] = ['too_few', 'steady', 'watch', 'drift']

/**
 * Compares the probabilities that a service gave with those of the calibration's own media, for each kind of media that
 * has a reference. The reference mixes reals and fakes at `share`, by default the calibration's prior. Another share alone
 * changes the histogram, so the share that fits best is found too. Gaps that chance would give do not count.
 */
export function findDrift(live: LiveCounts, calibration: Calibration, share = calibration.prior): Drift {
  const kinds = (['image', 'video'] as const).flatMap((kind) => {
    const { reference } = calibration[kind]
    return reference ? [driftOf(kind, live[kind], reference, share)] : []
  })
  const level = kinds.reduce<DriftLevel>((worst, own) => graver(worst, own.level), 'too_few')
  return { schema: 'unswap.drift/1', level, kinds }
}

const graver = (a: DriftLevel, b: DriftLevel) => (LEVELS.indexOf(a) >= LEVELS.indexOf(b) ? a : b)
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0)

function driftOf(
  kind: KindDrift['kind'],
  counts: readonly number[],
  reference: Reference,
  share: number,
): KindDrift {
  const fittedOn = total(reference.real) + total(reference.fake)
  const seen = shares(counts)
  const at = (own: number) => compare(seen, mixed(reference, own), total(counts), fittedOn)
  const bestShare = fittingShare(counts, reference)
  const expected = mixed(reference, share)
  return {
    kind,
    ...at(share),
    live: total(counts),
    fittedOn,
    share,
    bestShare,
    levelAtBestShare: at(bestShare).level,
    bins: PROBABILITY_BINS.map((to, i) => ({ to, expected: expected[i]!, seen: seen[i]! })),
  }
}

function compare(seen: readonly number[], expected: readonly number[], live: number, fittedOn: number) {
  const found = {
    stabilityIndex: stabilityIndex(expected, seen),
    jensenShannon: jensenShannon(expected, seen),
    largestGap: largestGap(expected, seen),
    gapByChance: live === 0 ? 1 : gapByChance(live, fittedOn),
  }
  const beyond = (bound: 'watch' | 'drift') =>
    found.stabilityIndex >= THRESHOLDS.stabilityIndex[bound] ||
    found.jensenShannon >= THRESHOLDS.jensenShannon[bound]
  const worth = beyond('drift') ? 'drift' : beyond('watch') ? 'watch' : 'steady'
  const level: DriftLevel =
    live < FEWEST ? 'too_few' : found.largestGap > found.gapByChance ? worth : 'steady'
  return { level, ...found }
}

/** Shares of the bins when `share` of the media are fakes. */
function mixed({ real, fake }: Reference, share: number): number[] {
  const [reals, fakes] = [shares(real), shares(fake)]
  return reals.map((own, i) => (1 - share) * own + share * fakes[i]!)
}

/** The share of fakes under which the counts are most likely, in steps of a hundredth. */
function fittingShare(counts: readonly number[], reference: Reference): number {
  const likelihood = (share: number) =>
    mixed(reference, share).reduce((sum, own, i) => sum + counts[i]! * Math.log(own), 0)
  return Array.from({ length: 101 }, (_, i) => i / 100).reduce((best, share) =>
    likelihood(share) > likelihood(best) ? share : best,
  )
}
