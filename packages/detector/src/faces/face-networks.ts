import { join } from 'node:path'
import { readSupportManifest } from '../models/manifests.ts'
import type { Device } from '../onnx/execution-providers.ts'
import { openSession, type Session } from '../onnx/session.ts'
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
  const { weights } = await readSupportManifest(modelsDir, id)
  const { file, sha256 } = weights[0]!
  // So small a network gains nothing from a second thread, least of all beside a classifier and a decoder.
  const settings = { ...(device && { device }), threads: 1 }
  return openSession(await readVerified(join(modelsDir, id, file), sha256), settings)
}
