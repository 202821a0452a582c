import { createHash } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ClassifierManifest, Golden } from '@unswap/contract'
import sharp from 'sharp'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Adds the model `meso`, whose logit of `manipulated` is 4 · (mean blue − mean red) of the crop's middle. */
export async function addBaseline(modelsDir: string): Promise<void> {
  const folder = join(modelsDir, 'meso')
  await mkdir(folder, { recursive: true })
  const weights = await readFile(new URL('fixtures/meso.onnx', import.meta.url))
  const colour = { r: 51, g: 102, b: 153 } // red 0.2, blue 0.6
  const crop = await sharp({ create: { width: 32, height: 32, channels: 3, background: colour } })
    .png()
    .toBuffer()
  const manifest: ClassifierManifest = {
    id: 'meso',
    role: 'classifier',
    description: 'the interface of MesoNet',
    licence: { name: 'MIT', source: 'test' },
    weights: [{ variant: 'float', file: 'meso.onnx', sha256: sha256(weights), bytes: weights.length }],
    input: {
      name: 'pixels',
      size: 256,
      margin: 1,
      layout: 'nhwc',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    outputs: { logits: 'real', order: ['authentic'], unit: 'probability', map: null },
    thresholds: { manipulated: 0 },
    families: [],
    training: { summary: 'none', date: '2026' },
  }
  const golden: Golden = {
    tolerance: { int8: 0.01, float: 0.01 },
    crops: [{ file: 'crop.png', sha256: sha256(crop), logits: [-1.6], mapMean: null }],
  }
  await writeFile(join(folder, 'meso.onnx'), weights)
  await writeFile(join(folder, 'crop.png'), crop)
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest))
  await writeFile(join(folder, 'golden.json'), JSON.stringify(golden))
}
