import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ClassifierManifest } from '@unswap/contract'
import sharp from 'sharp'
import { faceColours } from '../../src/temporal/colours.ts'
import type { TrackSample } from '../../src/temporal/track-score.ts'
import { sample } from './samples.ts'

const fixture = (name: string): string => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url))
const json = async <T>(name: string): Promise<T> => JSON.parse(await readFile(fixture(name), 'utf8')) as T

/** Copies the fixture's head and goldens into a model folder; the manifest's entry for it. */
export async function addHead(folder: string): Promise<NonNullable<ClassifierManifest['temporal']>> {
  await cp(fixture('temporal.onnx'), join(folder, 'temporal.onnx'))
  await cp(fixture('temporal-golden.json'), join(folder, 'temporal-golden.json'))
  return json('entry.json')
}

/** A folder of models with all that `models/` has of xception-1 and the networks beside it, and a temporal head. */
export async function addXceptionWithHead(modelsDir: string): Promise<void> {
  const models = fileURLToPath(new URL('../../../../models', import.meta.url))
  await cp(models, modelsDir, { recursive: true, filter: (path) => !path.endsWith('xception.onnx') })
  const folder = join(modelsDir, 'xception-1')
  const manifest = JSON.parse(await readFile(join(folder, 'manifest.json'), 'utf8')) as ClassifierManifest
  const [fastest] = manifest.weights
  const edited = { ...manifest, weights: [fastest], temporal: await addHead(folder) }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(edited))
}

interface Clip {
  readonly logit: number
  readonly frames: readonly {
    readonly seconds: number
    readonly side: number
    readonly logits: readonly number[]
    readonly map: readonly number[]
    /** x, y in units of the crop. */
    readonly points: readonly number[]
    readonly row: readonly number[]
  }[]
}

/** The trainer's clip, as faces that lie turned and anywhere in their frames, and what the trainer makes of them. */
export async function trainersClip(): Promise<{ logit: number; rows: number[][]; samples: TrackSample[] }> {
  const { logit, frames } = await json<Clip>('clip.json')
  const rgb = await sharp(fixture('clip.png')).removeAlpha().raw().toBuffer()
  const samples = frames.map(({ seconds, side, logits, map, points }, frame) => {
    const transform = { centre: [400 + 9 * frame, 300] as [number, number], side, roll: 0.1 + 0.2 * frame }
    const [cos, sin] = [Math.cos(transform.roll) * side, Math.sin(transform.roll) * side]
    const mesh = { points: new Float32Array((points.length / 2) * 3), presence: 1 }
    for (let i = 0; i < points.length / 2; i++) {
      const [u, v] = [points[2 * i]! - 0.5, points[2 * i + 1]! - 0.5]
      mesh.points[3 * i] = transform.centre[0] + u * cos - v * sin
      mesh.points[3 * i + 1] = transform.centre[1] + u * sin + v * cos
    }
    const pixels = new Float32Array(3 * 28 * 28)
    pixels.forEach((_, at) => {
      const [channel, cell] = [Math.floor(at / 784), at % 784]
      pixels[at] = rgb[3 * (784 * frame + cell) + channel]! / 255
    })
    const plain = sample({ seconds })
    return {
      ...plain,
      observation: { ...plain.observation, crop: transform },
      score: [
        {
          model: 'toy',
          logits: Float32Array.from(logits),
          map: { margin: 1.3, size: 28, logits: Float32Array.from(map) },
        },
      ],
      mesh,
      ...faceColours({ margin: 1.3, size: 28, pixels, transform }, mesh),
    }
  })
  return { logit, rows: frames.map(({ row }) => [...row]), samples }
}
