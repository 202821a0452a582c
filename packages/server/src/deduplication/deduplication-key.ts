// Two analyses are duplicates when owner, media, settings and the models that answer are the same.
import { createHash } from 'node:crypto'
import type { ModelIdentity, Settings } from '@unswap/contract'

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** Hash of the settings of an analysis; the order of fields and of models does not matter. */
export function hashSettings(settings: Settings, models: readonly string[] | null): string {
  const sorted = (value: unknown): unknown =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, inner]) => [key, sorted(inner)]),
        )
      : value
  return sha256(JSON.stringify([sorted(settings), models && [...models].sort()]))
}

/** Hash of the models that answer, by their weights and calibrations; their order does not matter. */
export function hashModels(models: readonly ModelIdentity[]): string {
  return sha256(JSON.stringify(models.map((model) => [model.sha256, model.calibration.sha256].join()).sort()))
}

/**
 * The value of the column `jobs.same`: media and settings. The owner has its own column; all jobs of a service use
 * its models.
 */
export const deduplicationKey = (mediaSha256: string, settingsHash: string): string =>
  `${mediaSha256}.${settingsHash}`
