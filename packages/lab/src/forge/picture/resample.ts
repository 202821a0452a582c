import type { Picture } from '@unswap/detector'
import { addSample } from '../face/warp-face.ts'
import type { Patch } from './patch.ts'

/** The patch shrunk by `factor` (0..1] and enlarged again: the loss of detail that a forger's small network leaves. */
export function resample(patch: Patch, factor: number): Patch {
  if (factor >= 1) return patch
  const small = {
    width: Math.max(1, Math.round(patch.width * factor)),
    height: Math.max(1, Math.round(patch.height * factor)),
  }
  return { ...patch, rgb: scale(scale(patch.rgb, patch, small), small, patch) }
}

interface Size {
  readonly width: number
  readonly height: number
}

function scale(rgb: Float32Array, from: Size, to: Size): Float32Array {
  const bytes = new Uint8Array(rgb.length)
  for (let i = 0; i < rgb.length; i++) bytes[i] = Math.round(255 * rgb[i]!)
  const picture: Picture = { ...from, data: bytes }
  const out = new Float32Array(to.width * to.height * 3)
  const sx = from.width / to.width
  const sy = from.height / to.height
  const samples = Math.max(1, Math.ceil(Math.max(sx, sy)))
  for (let i = 0; i < to.width * to.height; i++) {
    const x = i % to.width
    const y = Math.floor(i / to.width)
    for (let s = 0; s < samples ** 2; s++) {
      const u = x + ((s % samples) + 0.5) / samples
      const v = y + (Math.floor(s / samples) + 0.5) / samples
      addSample(picture, u * sx, v * sy, out, 3 * i, 1 / (255 * samples ** 2))
    }
  }
  return out
}
