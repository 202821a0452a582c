import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClassifierManifest } from '@unswap/contract'
import { describe, expect, it } from 'vitest'
import { type TritonOptions, writeTritonRepository } from '../../src/index.ts'
import { readConfig } from './kserve/config.ts'
import { addModel, modelsFolder } from './models.ts'

const modelsDir = fileURLToPath(new URL('../../../../models', import.meta.url))
const OPTIONS: TritonOptions = {
  modelsDir,
  device: 'cpu',
  instances: 1,
  maxBatch: 32,
  delayMicroseconds: 2000,
}

describe('a model repository for Triton', () => {
  it('says of the shipped classifier what its manifest says, in the text format of protobuf', async () => {
    const out = await modelsFolder()
    expect(await writeTritonRepository(out, OPTIONS)).toContain('xception-1')
    const config = await readConfig(join(out, 'xception-1', 'config.pbtxt'))
    expect(config).toMatchObject({
      name: 'xception-1',
      backend: 'onnxruntime',
      max_batch_size: 32,
      input: [{ name: 'crops', data_type: 'TYPE_FP32', dims: ['3', '224', '224'] }],
      output: [
        { name: 'logits', data_type: 'TYPE_FP32', dims: ['4'] },
        { name: 'manipulation_map', data_type: 'TYPE_FP32', dims: ['1', '28', '28'] },
      ],
      version_policy: { specific: { versions: ['1', '2'] } },
      instance_group: [{ count: 1, kind: 'KIND_CPU' }],
      dynamic_batching: { preferred_batch_size: [8, 16, 32], max_queue_delay_microseconds: '2000' },
    })
    const manifest: ClassifierManifest = JSON.parse(
      await readFile(join(modelsDir, 'xception-1', 'manifest.json'), 'utf8'),
    )
    for (const { variant, sha256 } of manifest.weights) {
      const bytes = await readFile(join(out, 'xception-1', variant === 'float' ? '1' : '2', 'model.onnx'))
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
      expect(config.parameters[`sha256_${variant}`]).toEqual({ string_value: sha256 })
    }
  })

  it('holds what was asked for: one variant, instances on each GPU, smaller batches', async () => {
    const out = await modelsFolder()
    await writeTritonRepository(out, {
      ...OPTIONS,
      models: ['xception-1'],
      variants: ['float'],
      device: 'gpu',
      instances: 2,
      maxBatch: 8,
    })
    expect((await readdir(join(out, 'xception-1'))).toSorted()).toEqual(['1', 'config.pbtxt'])
    expect(await readConfig(join(out, 'xception-1', 'config.pbtxt'))).toMatchObject({
      max_batch_size: 8,
      version_policy: { specific: { versions: ['1'] } },
      instance_group: [{ count: 2, kind: 'KIND_GPU' }],
      dynamic_batching: { preferred_batch_size: [2, 4, 8] },
    })
  })

  it('copies no weights whose sum is wrong', async () => {
    const damaged = await modelsFolder()
    await addModel(damaged, 'one', 'nhwc', {
      manifest: (manifest) => ({
        ...manifest,
        weights: [{ ...manifest.weights[0], sha256: '0'.repeat(64) }],
      }),
    })
    const writing = writeTritonRepository(await modelsFolder(), { ...OPTIONS, modelsDir: damaged })
    await expect(writing).rejects.toMatchObject({ code: 'model_corrupt' })
  })
})
