import type { CropTransform } from '@unswap/contract'
import type { Mesh } from '@unswap/detector'

/** The mesh in units of the crop (0..1 inside it) as little-endian uint16: −0.5 → 0, 1.5 → 65535. */
export function packPoints({ points }: Mesh, crop: CropTransform): Uint8Array {
  const packed = new DataView(new ArrayBuffer((points.length / 3) * 4))
  const cos = Math.cos(crop.roll) / crop.side
  const sin = Math.sin(crop.roll) / crop.side
  const write = (at: number, unit: number) => {
    const value = Math.round(((unit + 0.5) / 2) * 65535)
    packed.setUint16(at, Math.min(Math.max(value, 0), 65535), true)
  }
  for (let i = 0; i < points.length / 3; i++) {
    const x = points[3 * i]! - crop.centre[0]
    const y = points[3 * i + 1]! - crop.centre[1]
    write(4 * i, 0.5 + cos * x + sin * y)
    write(4 * i + 2, 0.5 + cos * y - sin * x)
  }
  return new Uint8Array(packed.buffer)
}
