import { type Band, FAMILIES, type Family, type Report } from '@unswap/contract'
import type { ModelFolder } from '@unswap/detector'
import type { Prediction } from './compat-schema.ts'

const RESULT = {
  likely_manipulated: 'FAKE',
  likely_authentic: 'REAL',
  inconclusive: 'UNKNOWN',
} as const satisfies Record<Band, Prediction['result']>

const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit))

/** A model's threshold for a family as a score 0..1; 1, which is never crossed, when the manifest has none. */
function familyThreshold({ manifest }: ModelFolder, family: Family): number {
  const logit = manifest.thresholds[family]
  return logit === undefined ? 1 : sigmoid(logit)
}

/**
 * A report in the format of the earlier system.
 *
 * - `result`: FAKE, REAL or UNKNOWN for likely_manipulated, likely_authentic and inconclusive; `details` gives the
 *   reason.
 * - `score`: the calibrated probability of manipulation, `threshold` the probability from which on the verdict is
 *   FAKE. Without a probability: the highest uncalibrated score of the deciding face, 0 without a face.
 * - `domains`: `manipulated` (the verdict) and one per family. Scores of families are not calibrated, so a family
 *   crosses its threshold only when the verdict is FAKE. So the result is FAKE exactly when a domain crosses.
 */
export function toPrediction(id: string, report: Report, catalog: readonly ModelFolder[]): Prediction {
  const { verdict, media } = report
  const face = report.faces.find((one) => one.id === verdict.faceId) ?? report.faces[0]
  const result = RESULT[verdict.band]
  const fake = result === 'FAKE'
  const models = face?.models ?? []
  const bandOf = (model: string) => {
    const entry = catalog.find(({ manifest }) => manifest.id === model) ?? catalog[0]
    return entry?.calibration[media.kind].bands.manipulated ?? 0.5
  }
  const perModel = models.map((one) => {
    const fakeScore = one.probability ?? one.scores.manipulated
    return {
      name: one.model,
      real_score: 1 - fakeScore,
      fake_score: fakeScore,
      threshold: bandOf(one.model),
      domain: one.flagged[0] ?? 'manipulated',
      raw: one.scores.manipulated,
      output: 'prob_fake' as const,
    }
  })
  const strongest = perModel.reduce<(typeof perModel)[number] | null>(
    (best, one) => (best === null || one.fake_score > best.fake_score ? one : best),
    null,
  )
  const score = verdict.probability ?? strongest?.fake_score ?? 0
  const threshold = strongest?.threshold ?? bandOf('')
  const own = {
    domain: 'manipulated',
    domain_threshold: threshold,
    min_prob_real: 1 - score,
    fake_score: score,
    trigger_model: fake ? (strongest?.name ?? null) : null,
    models: perModel.map(({ name, real_score, threshold }) => ({ name, real_score, threshold })),
    crosses_threshold: fake,
  }
  const families = FAMILIES.flatMap((family) => {
    const domain = toDomain(family, models, catalog, fake)
    return domain === null ? [] : [[family, domain] as const]
  })
  return {
    result,
    score,
    threshold,
    prediction_id: id,
    input_type: media.kind,
    trigger_model: own.trigger_model,
    fake_confidence: face === undefined ? null : score,
    details: describe(report),
    per_model: perModel,
    domains: { manipulated: own, ...Object.fromEntries(families) },
  }
}

function toDomain(
  family: Family,
  models: Report['faces'][number]['models'],
  catalog: readonly ModelFolder[],
  fake: boolean,
): Prediction['domains'][string] | null {
  const judged = models.flatMap((one) => {
    const entry = catalog.find(({ manifest }) => manifest.id === one.model)
    if (!entry?.manifest.families.includes(family)) return []
    return [{ one, score: one.scores[family], threshold: familyThreshold(entry, family) }]
  })
  const top = judged.reduce((best, next) => (next.score > best.score ? next : best), judged[0]!)
  if (top === undefined) return null
  const crosses = fake && judged.some(({ one }) => one.flagged.includes(family))
  return {
    domain: family,
    domain_threshold: top.threshold,
    min_prob_real: 1 - top.score,
    fake_score: top.score,
    trigger_model: crosses ? top.one.model : null,
    models: judged.map(({ one, score, threshold }) => ({
      name: one.model,
      real_score: 1 - score,
      threshold,
    })),
    crosses_threshold: crosses,
  }
}

function describe({ verdict, faces }: Report): string {
  const reasons = verdict.reasons.map(({ message }) => message).join(' ')
  const seen = faces.length === 1 ? 'One face was judged.' : `${faces.length} faces were judged.`
  if (verdict.band === 'inconclusive') return `No decision. ${reasons}`.trim()
  const words = verdict.band === 'likely_manipulated' ? 'Likely manipulated' : 'Likely authentic'
  const family = verdict.family === null ? '' : ` (${verdict.family.replace('_', ' ')})`
  const probability = verdict.probability === null ? '' : `, probability ${verdict.probability.toFixed(2)}`
  return `${words}${family}${probability}. ${seen} ${reasons}`.trim()
}
