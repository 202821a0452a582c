import { crc32 } from 'node:zlib'

export interface PngSoundness {
  /** The end chunk is missing, or a chunk beside the picture data is altered. */
  readonly flawed: boolean
  /** Picture data, palette or header are altered. */
  readonly damaged: boolean
}

/** Without these chunks, or with other ones, the picture is another one (PNG, third edition, 11.2 and 11.3.1). */
const PICTURE = ['IHDR', 'PLTE', 'IDAT', 'tRNS']

/** Compares every chunk with its checksum. libpng passes over altered chunks beside the picture in silence. */
export function checkPngChunks(bytes: Uint8Array): PngSoundness {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let [flawed, damaged] = [false, false]
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at)
    if (at + 12 + length > bytes.length) break
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (crc32(bytes.subarray(at + 4, at + 8 + length)) !== view.getUint32(at + 8 + length)) {
      if (PICTURE.includes(type)) damaged = true
      else flawed = true
    }
    if (type === 'IEND') return { flawed, damaged }
    at += 12 + length
  }
  return { flawed: true, damaged }
}
