import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Calibration, ClassifierManifest } from '@unswap/contract'

const curve = { knots: [-4, 4], logOdds: [-4, 4], spread: [0.5, 0.5] }
const bands = { authentic: 0.2, manipulated: 0.8, falsePositiveRate: 0.01 }

const CALIBRATION: Calibration = {
  status: 'provisional',
  fittedOn: 'nothing',
  prior: 0.5,
  image: { curve, bands, samples: 10 },
  video: { curve, bands: { ...bands, manipulated: 0.9 }, samples: 10 },
  minimumFrames: 4,
}

const MANIFEST: ClassifierManifest = {
  id: 'test-1',
  role: 'classifier',
  description: 'a classifier for tests',
  licence: { name: 'MIT', source: 'made here' },
  weights: [
    {
      variant: 'int8',
      file: 'm.onnx',
      sha256: createHash('sha256').update('weights').digest('hex'),
      bytes: 7,
    },
  ],
  input: { name: 'crops', size: 224, margin: 1.3, layout: 'nchw', mean: [0, 0, 0], deviation: [1, 1, 1] },
  outputs: { logits: 'logits', order: ['manipulated', 'face_swap', 'reenactment', 'synthesis'], map: null },
  thresholds: { manipulated: 0, face_swap: 0, reenactment: 1, synthesis: 1 },
  families: ['face_swap', 'reenactment', 'synthesis'],
  training: { summary: 'none', date: '2026-01-01' },
}

/** A `models/` folder with one classifier that no file of weights stands behind. */
export async function writeModels(folder: string): Promise<void> {
  const own = join(folder, MANIFEST.id)
  await mkdir(own, { recursive: true })
  await writeFile(join(own, 'manifest.json'), JSON.stringify(MANIFEST))
  await writeFile(join(own, 'calibration.json'), JSON.stringify(CALIBRATION))
  await writeFile(join(own, 'MODEL_CARD.md'), '# Card\n')
}
