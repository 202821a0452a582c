import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { openSession, type Session } from '../../../src/onnx/session.ts'
import type { FloatTensor } from '../../../src/onnx/tensor.ts'
import { createBatcher } from './batcher.ts'
import { type ModelConfig, readConfig } from './config.ts'

/** A loaded version of a model. */
export interface ServedModel {
  readonly config: ModelConfig
  readonly session: Session
  run(feeds: Readonly<Record<string, FloatTensor>>): Promise<Readonly<Record<string, FloatTensor>>>
}

/** Loads a model repository as Triton would; keys are `<model>/<version>`. */
export async function loadModels(
  repository: string,
  ran: (rows: number) => void,
): Promise<Map<string, ServedModel>> {
  const models = new Map<string, ServedModel>()
  for (const name of await readdir(repository)) {
    const config = await readConfig(join(repository, name, 'config.pbtxt'))
    if (config.name !== name) throw new Error(`${name} is called ${config.name}`)
    for (const version of config.version_policy.specific.versions) {
      const session = await openSession(join(repository, name, version, config.default_model_filename), {
        threads: 1,
      })
      models.set(`${name}/${version}`, { config, session, run: createBatcher(session, config, ran) })
    }
  }
  return models
}
