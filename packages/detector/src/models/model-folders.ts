import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassifierManifest } from '@unswap/contract'
import { type LoadedCalibration, loadCalibration } from './calibrations.ts'
import { readManifests } from './manifests.ts'

/** Everything that a classifier's folder says about it, without its weights and goldens. */
export interface ModelFolder extends LoadedCalibration {
  readonly manifest: ClassifierManifest
  /** MODEL_CARD.md; null where there is none. */
  readonly card: string | null
  /** figures.json, as an evaluation wrote it; null where there is none that can be read. */
  readonly figures: unknown
}

/**
 * The folders of classifiers under `modelsDir`, in order of their ids.
 * @param ids of those to read; all where it is empty
 * @throws UnswapError `model_missing`, `model_invalid` or `calibration_invalid`
 */
export async function readModelFolders(
  modelsDir: string,
  ids?: readonly string[],
): Promise<readonly ModelFolder[]> {
  const manifests = await readManifests(modelsDir, ids)
  return Promise.all(
    manifests.map(async (manifest) => {
      const optional = (name: string) =>
        readFile(join(modelsDir, manifest.id, name), 'utf8').catch(() => null)
      return {
        manifest,
        ...(await loadCalibration(modelsDir, manifest.id)),
        card: await optional('MODEL_CARD.md'),
        figures: jsonOrNull(await optional('figures.json')),
      }
    }),
  )
}

function jsonOrNull(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text)
  } catch {
    return null
  }
}
