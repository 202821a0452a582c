import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { writeTritonRepository } from '../../src/classifiers/kserve/triton-repository.ts'
import type { OpenClassifiersOptions } from '../../src/classifiers/open-classifiers.ts'
import { type Classifier, openClassifiers } from '../../src/index.ts'
import { type KserveServer, startKserve } from './kserve/server.ts'

/** Where classifiers run; what a scorer gives is the same on both. */
export const BACKENDS: readonly [
  name: string,
  open: (options: OpenClassifiersOptions) => Promise<Classifier[]>,
][] = [
  ['here', (options) => openClassifiers({ threads: 1, ...options })],
  [
    'on an inference server',
    async (options) => openClassifiers({ ...options, remote: { url: (await serve(options)).url } }),
  ],
]

/** An inference server with the models of a folder, as the project writes them for Triton; it ends with the test. */
export async function serve(
  { modelsDir, models }: Pick<OpenClassifiersOptions, 'modelsDir' | 'models'>,
  { maxBatch = 8, token }: { maxBatch?: number; token?: string } = {},
): Promise<KserveServer> {
  const repository = await mkdtemp(join(tmpdir(), 'unswap-triton-'))
  onTestFinished(() => rm(repository, { recursive: true }))
  await writeTritonRepository(repository, {
    modelsDir,
    ...(models && { models }),
    device: 'cpu',
    instances: 1,
    maxBatch,
    delayMicroseconds: 1000,
  })
  const server = await startKserve(repository, token)
  onTestFinished(() => server.close())
  return server
}
