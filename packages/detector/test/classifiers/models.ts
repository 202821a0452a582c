import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ClassifierManifest, Golden } from '@unswap/contract'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import type { FaceCrop } from '../../src/index.ts'

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const MANIFESTS = {
  // a MesoNet-like layout: channels last, −1..1, no map, one family
  nhwc: {
    input: {
      name: 'pixels',
      size: 32,
      margin: 1.3,
      layout: 'nhwc',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    outputs: { logits: 'out', order: ['manipulated', 'face_swap'], map: null },
    families: ['face_swap'],
  },
  nchw: {
    input: {
      name: 'crops',
      size: 64,
      margin: 1.3,
      layout: 'nchw',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    outputs: {
      logits: 'logits',
      order: ['manipulated', 'face_swap', 'reenactment', 'synthesis'],
      map: { name: 'heat', size: 4 },
    },
    families: ['face_swap', 'reenactment', 'synthesis'],
  },
  // a wider and larger crop than the reference
  wide: {
    input: {
      name: 'crops',
      size: 299,
      margin: 1.5,
      layout: 'nchw',
      mean: [0, 0, 0],
      deviation: [1, 1, 1],
    },
    outputs: {
      logits: 'logits',
      order: ['manipulated', 'face_swap', 'reenactment', 'synthesis'],
      map: { name: 'heat', size: 13 },
    },
    families: ['face_swap', 'reenactment', 'synthesis'],
  },
} as const satisfies Record<string, Pick<ClassifierManifest, 'input' | 'outputs' | 'families'>>

type Network = keyof typeof MANIFESTS

/** Colour of the golden crop, and what each network makes of it. */
const GOLDEN_COLOUR = { r: 204, g: 102, b: 51 } as const
const EXPECTED: Record<Network, { logits: number[]; mapMean: number | null }> = {
  nhwc: { logits: [0.6, 0.4], mapMean: null },
  nchw: { logits: [Math.log((0.8 + 0.4 + 0.2) / 3 - 0.1), 0.8, 0, 0], mapMean: 1 / (1 + Math.exp(-0.8)) },
  wide: { logits: [0.8, 0.4, 0.2, 0], mapMean: 1 / (1 + Math.exp(-0.8)) },
}

export interface Edits {
  readonly manifest?: (manifest: ClassifierManifest) => object
  readonly golden?: (golden: Golden) => object
}

/** A folder of models made for one test; it goes when the test has ended. */
export async function modelsFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-models-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

/** Writes a model of the fixtures into a folder of models, whole or with its manifest and golden file edited. */
export async function addModel(modelsDir: string, id: string, network: Network, edits: Edits = {}) {
  const folder = join(modelsDir, id)
  await mkdir(folder)
  const weights = await readFile(new URL(`./fixtures/${network}.onnx`, import.meta.url))
  const background = GOLDEN_COLOUR
  const crop = await sharp({ create: { width: 32, height: 32, channels: 3, background } })
    .png()
    .toBuffer()
  const manifest = {
    ...MANIFESTS[network],
    id,
    role: 'classifier',
    description: 'test',
    licence: { name: 'MIT', source: 'test' },
    weights: [{ variant: 'float', file: 'weights.onnx', sha256: sha256(weights), bytes: weights.length }],
    thresholds: { manipulated: 0 },
    training: { summary: 'none', date: '2026' },
  } as unknown as ClassifierManifest
  const golden: Golden = {
    tolerance: { int8: 0.01, float: 0.01 },
    crops: [{ file: 'crop.png', sha256: sha256(crop), ...EXPECTED[network] }],
  }
  await writeFile(join(folder, 'weights.onnx'), weights)
  await writeFile(join(folder, 'crop.png'), crop)
  await writeFile(
    join(folder, 'manifest.json'),
    JSON.stringify(edits.manifest ? edits.manifest(manifest) : manifest),
  )
  await writeFile(join(folder, 'golden.json'), JSON.stringify(edits.golden ? edits.golden(golden) : golden))
}

/** A crop of margin 1.3 from a colour for each point, x and y in 0..1. */
export function paint(
  size: number,
  colour: (x: number, y: number) => readonly [number, number, number],
): FaceCrop {
  const pixels = new Float32Array(3 * size * size)
  for (let i = 0; i < size * size; i++) {
    const rgb = colour(((i % size) + 0.5) / size, (Math.floor(i / size) + 0.5) / size)
    for (let channel = 0; channel < 3; channel++) pixels[channel * size * size + i] = rgb[channel]!
  }
  return { margin: 1.3, size, pixels, transform: { centre: [size / 2, size / 2], side: size, roll: 0 } }
}

export const plain = (...rgb: [number, number, number]): FaceCrop => paint(224, () => rgb)
