import { UnswapError } from '@unswap/contract'

/** Kind of the first picture (bit 0: a smaller copy of another one), and the mark of DNG (TIFF 6.0, DNG 1.7). */
const NEW_SUBFILE_TYPE = 254
const DNG_VERSION = 50_706

/**
 * Refuses camera raw and other TIFF files whose first picture is a thumbnail: libvips would show that alone.
 * @param bytes the file, or its first bytes; a directory behind them is not looked at
 * @throws UnswapError `media_unsupported`
 */
export function refuseCameraRaw(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const little = bytes[0] === 0x49
  if (bytes.length < 8 || view.getUint16(2, little) !== 42) return
  const at = view.getUint32(4, little)
  const count = at + 2 <= bytes.length ? view.getUint16(at, little) : 0
  for (let entry = at + 2; entry < at + 2 + 12 * count && entry + 12 <= bytes.length; entry += 12) {
    const tag = view.getUint16(entry, little)
    const thumbnail = tag === NEW_SUBFILE_TYPE && (view.getUint32(entry + 8, little) & 1) === 1
    if (!thumbnail && tag !== DNG_VERSION) continue
    throw new UnswapError(
      'media_unsupported',
      'This is a camera raw file, or its first picture is only a thumbnail. Export the photograph as a JPEG and analyse that.',
    )
  }
}
