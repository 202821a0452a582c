import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Calibration, ClassifierManifest, type Model, UnswapError } from '@unswap/contract'
import Value from 'typebox/value'

/** A classifier as its folder describes it. Which weights run on a processor, only a worker knows. */
export interface CatalogEntry {
  readonly manifest: ClassifierManifest
  readonly calibration: Calibration
  readonly calibrationSha256: string
  readonly card: string | null
  readonly figures: unknown
}

/**
 * The classifiers of a `models/` folder, by id.
 * @throws UnswapError `model_missing` without any, `model_invalid` or `calibration_invalid` for a broken folder
 */
export async function readCatalog(folder: string, ids: readonly string[] = []): Promise<CatalogEntry[]> {
  const names = await readdir(folder).catch(() => [])
  const entries = await Promise.all(names.sort().map((name) => readEntry(join(folder, name))))
  const found = entries.filter((entry) => entry !== null)
  const chosen = ids.length === 0 ? found : found.filter(({ manifest }) => ids.includes(manifest.id))
  const missing = ids.filter((id) => !found.some(({ manifest }) => manifest.id === id))
  if (missing.length > 0 || chosen.length === 0) {
    const which = missing.length > 0 ? missing.join(', ') : 'No classifier'
    throw new UnswapError('model_missing', `${which} is in ${folder}; "unswap doctor" says how to mend that.`)
  }
  return chosen
}

async function readEntry(folder: string): Promise<CatalogEntry | null> {
  const manifest = parse(await text(join(folder, 'manifest.json')))
  if ((manifest as { role?: unknown } | null)?.role !== 'classifier') return null
  if (!Value.Check(ClassifierManifest, manifest)) {
    throw new UnswapError('model_invalid', `${folder}/manifest.json does not follow the schema.`)
  }
  const source = await text(join(folder, 'calibration.json'))
  const calibration = parse(source)
  if (source === null || !Value.Check(Calibration, calibration)) {
    throw new UnswapError(
      'calibration_invalid',
      `${folder}/calibration.json is missing or does not follow the schema.`,
    )
  }
  return {
    manifest,
    calibration,
    calibrationSha256: createHash('sha256').update(source).digest('hex'),
    card: await text(join(folder, 'MODEL_CARD.md')),
    figures: parse(await text(join(folder, 'figures.json'))),
  }
}

const text = (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null)

function parse(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json)
  } catch {
    return null
  }
}

/** An entry as the API shows it; `running` is the variant that a worker has proven, the fastest one until then. */
export function toModel(entry: CatalogEntry, running: 'int8' | 'float' | undefined): Model {
  const { manifest, calibration } = entry
  const weights = manifest.weights.find(({ variant }) => variant === running) ?? manifest.weights[0]!
  const { image, video } = calibration
  return {
    id: manifest.id,
    description: manifest.description,
    variant: weights.variant,
    sha256: weights.sha256,
    families: manifest.families,
    thresholds: manifest.thresholds as Record<string, number>,
    inputSize: manifest.input.size,
    licence: manifest.licence,
    training: manifest.training,
    calibration: {
      sha256: entry.calibrationSha256,
      status: calibration.status,
      fittedOn: calibration.fittedOn,
      prior: calibration.prior,
      image: { bands: image.bands, samples: image.samples },
      video: { bands: video.bands, samples: video.samples },
    },
    card: entry.card,
    figures: entry.figures,
  }
}
