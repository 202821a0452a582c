import type { Drift, DriftLevel, KindDrift } from './find-drift.ts'

const MEANING: Readonly<Record<DriftLevel, string>> = {
  too_few: 'too few media to say anything',
  steady: 'as the calibration expects',
  watch: 'differs: look again soon',
  drift: 'has drifted: the probabilities and bands may not hold',
}

/** The report as lines of text. */
export function driftToText({ kinds }: Drift): string {
  if (kinds.length === 0) return 'This calibration has no reference: fit one with `unswap calibrate`.\n'
  return kinds.map((own) => `${linesOf(own).join('\n')}\n`).join('\n')
}

export function linesOf(own: KindDrift): string[] {
  const head = `${own.kind}: ${MEANING[own.level]} (${own.live} media; reference of ${own.fittedOn})`
  if (own.live === 0) return [head]
  return [
    head,
    `  population stability index  ${own.stabilityIndex.toFixed(3)}  (0.1 is worth a look, 0.25 is drift)`,
    `  Jensen-Shannon distance     ${own.jensenShannon.toFixed(3)}  (0.1 is worth a look, 0.2 is drift)`,
    `  Kolmogorov-Smirnov          ${own.largestGap.toFixed(3)}  (by chance: ${own.gapByChance.toFixed(3)})`,
    `  ${shareLine(own)}`,
  ]
}

function shareLine({ share, bestShare, level, levelAtBestShare }: KindDrift): string {
  const percent = (value: number) => `${Math.round(100 * value)} %`
  const best = `${percent(bestShare)} manipulated media fit best; ${percent(share)} are assumed`
  if (level === 'steady' || level === 'too_few') return best
  return levelAtBestShare === 'steady'
    ? `${best}: that share alone explains the difference`
    : `${best}: no share explains the difference, so the media are unlike those of the calibration`
}
