import type { Scorecard } from './make-scorecard.ts'

/** What may differ between machines: 8-bit and float weights, decoders, processors. */
const TOLERANCE = { auc: 0.03, rate: 0.1, logit: 0.8 }

/** What has become worse, or strayed, since the committed scorecard: one sentence each. */
export function findRegressions(now: Scorecard, committed: Scorecard): string[] {
  const before = new Map(committed.media.map((media) => [media.path, media]))
  const strayed = now.media.flatMap(({ path, logit }) => {
    const expected = before.get(path)?.logit
    if (expected === undefined) return [`${path} is new: write the scorecard again`]
    const off = Math.abs(logit - expected)
    return off <= TOLERANCE.logit ? [] : [`${path}: logit ${logit}, committed ${expected}`]
  })
  const seen = new Set(now.media.map(({ path }) => path))
  const gone = committed.media.flatMap(({ path }) => (seen.has(path) ? [] : [`${path} is gone`]))
  const worse = [
    now.falsePositiveRate > committed.falsePositiveRate + TOLERANCE.rate
      ? `false-positive rate ${now.falsePositiveRate}, committed ${committed.falsePositiveRate}`
      : null,
    now.truePositiveRate < committed.truePositiveRate - TOLERANCE.rate
      ? `share of fakes found ${now.truePositiveRate}, committed ${committed.truePositiveRate}`
      : null,
    now.auc < committed.auc - TOLERANCE.auc ? `AUC ${now.auc}, committed ${committed.auc}` : null,
  ].filter((line) => line !== null)
  return [...worse, ...strayed, ...gone]
}
