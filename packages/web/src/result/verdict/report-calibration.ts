import type { Report } from '@unswap/contract'

const logOdds = (share: number) => Math.log(share / (1 - share))
const fromLogOdds = (value: number) => 1 / (1 + Math.exp(-value))

/**
 * What stands behind the report's probability, all 0..1; null where an old report does not say. `prior` is the share of
 * manipulated media that it assumes. `authentic` and `manipulated` bound the bands by which the deciding face was
 * judged. `falsePositiveRate` is the share of real media for which `manipulated` was chosen.
 */
export function calibrationOf({ models, faces, verdict }: Report) {
  const bands = faces.find(({ id }) => id === verdict.faceId)?.bands
  return {
    prior: meanPrior(models.map(({ calibration }) => calibration.prior)),
    authentic: bands?.authentic ?? null,
    manipulated: bands?.manipulated ?? null,
    falsePositiveRate: bands?.falsePositiveRate ?? null,
  }
}

/** Mean on the scale of log-odds, as the verdict joins several models; null when one of them is not known. */
function meanPrior(priors: readonly (number | undefined)[]): number | null {
  const known = priors.filter((prior) => prior !== undefined)
  if (known.length === 0 || known.length < priors.length) return null
  return fromLogOdds(known.reduce((sum, prior) => sum + logOdds(prior), 0) / known.length)
}
