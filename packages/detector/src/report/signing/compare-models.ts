import { join } from 'node:path'
import { type ModelIdentity, UnswapError } from '@unswap/contract'
import { loadCalibration } from '../../models/calibrations.ts'
import { readManifests } from '../../models/manifests.ts'
import { readVerified } from '../../onnx/weights.ts'

/**
 * How the models installed under `modelsDir` differ from those that a report names: one sentence for each
 * difference, none when weights, temporal heads and calibrations are the same. The files themselves are hashed.
 */
export async function compareModels(modelsDir: string, models: readonly ModelIdentity[]): Promise<string[]> {
  const found = await Promise.all(models.map((model) => compareModel(modelsDir, model)))
  return found.flat()
}

async function compareModel(modelsDir: string, model: ModelIdentity): Promise<string[]> {
  const { id } = model
  try {
    const [manifest] = await readManifests(modelsDir, [id])
    const weights = manifest!.weights.find(({ sha256 }) => sha256 === model.sha256)
    if (weights === undefined) return [`The installed weights of ${id} are others (not ${model.sha256}).`]
    await readVerified(join(modelsDir, id, weights.file), weights.sha256)
    const differences: string[] = []
    if (manifest!.temporal?.sha256 !== model.temporal?.sha256) {
      differences.push(`The temporal head of ${id} is another (not ${model.temporal?.sha256 ?? 'none'}).`)
    } else if (manifest!.temporal) {
      await readVerified(join(modelsDir, id, manifest!.temporal.file), manifest!.temporal.sha256)
    }
    const { sha256 } = await loadCalibration(modelsDir, id)
    if (sha256 !== model.calibration.sha256) {
      differences.push(
        `The installed calibration of ${id} is another (${sha256}, not ${model.calibration.sha256}).`,
      )
    }
    return differences
  } catch (thrown) {
    if (thrown instanceof UnswapError) return [thrown.message]
    throw thrown
  }
}
