import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { SupportManifest, UnswapError } from '@unswap/contract'
import Value from 'typebox/value'
import { type Device, openSession, type Session } from '../onnx/session.ts'
import { readVerified } from '../onnx/weights.ts'

/** The networks of the faces stage. */
export interface FaceNetworks {
  readonly fullRange: Session
  readonly mesh: Session
}

export interface OpenFacesOptions {
  /** Folder that holds `mediapipe-face-detection/` and `face-mesh/`. */
  readonly modelsDir: string
  readonly device?: Device
}

/** @throws UnswapError `model_missing`, `model_invalid`, `model_corrupt` or `device_unavailable` */
export async function openNetworks(options: OpenFacesOptions): Promise<FaceNetworks> {
  const fullRange = await openNetwork('mediapipe-face-detection', options)
  try {
    return { fullRange, mesh: await openNetwork('face-mesh', options) }
  } catch (error) {
    await fullRange.close()
    throw error
  }
}

async function openNetwork(id: string, { modelsDir, device }: OpenFacesOptions): Promise<Session> {
  const folder = join(modelsDir, id)
  const { weights } = await readManifest(join(folder, 'manifest.json'))
  const [first] = weights
  if (!first) {
    throw new UnswapError(
      'model_invalid',
      `The manifest in ${folder} names no weights: install Unswap again.`,
    )
  }
  // So small that a second thread costs more than it spares, most of all beside a classifier and a decoder.
  const settings = { ...(device && { device }), threads: 1 }
  return openSession(await readVerified(join(folder, first.file), first.sha256), settings)
}

async function readManifest(file: string): Promise<SupportManifest> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new UnswapError(
      'model_missing',
      `${file} cannot be read: install Unswap again, or name the right folder of models.`,
      { cause },
    )
  }
  try {
    return Value.Parse(SupportManifest, JSON.parse(text))
  } catch (cause) {
    throw new UnswapError('model_invalid', `${file} is not a manifest of a model: install Unswap again.`, {
      cause,
    })
  }
}
