import type { Report } from '@unswap/contract'

const logOdds = (share: number) => Math.log(share / (1 - share))
const fromLogOdds = (value: number) => 1 / (1 + Math.exp(-value))

/** Mean on the scale of log-odds, as the verdict joins several models; null when one of them is not known. */
function meanShare(shares: readonly (number | undefined)[]): number | null {
  const known = shares.filter((share) => share !== undefined)
  if (known.length === 0 || known.length < shares.length) return null
  return fromLogOdds(known.reduce((sum, share) => sum + logOdds(share), 0) / known.length)
}

/**
 * What stands behind the report's probability, all 0..1; null where an old report does not say. `prior` is the share of
 * manipulated media that it assumes. `authentic` and `manipulated` bound the bands. `falsePositiveRate` is the share of
 * real media for which `manipulated` was chosen, null also where the models differ.
 */
export function calibrationOf({ models }: Report) {
  const bands = models.map(({ calibration }) => calibration.bands)
  const rates = new Set(bands.map((each) => each?.falsePositiveRate))
  return {
    prior: meanShare(models.map(({ calibration }) => calibration.prior)),
    authentic: meanShare(bands.map((each) => each?.authentic)),
    manipulated: meanShare(bands.map((each) => each?.manipulated)),
    falsePositiveRate: rates.size === 1 ? ([...rates][0] ?? null) : null,
  }
}
