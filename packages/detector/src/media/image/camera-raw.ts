import { UnswapError } from '@unswap/contract'
import { readFirstDirectory } from './tiff-directory.ts'

/** Kind of the first picture (bit 0: a smaller copy of another one), and the mark of DNG (TIFF 6.0, DNG 1.7). */
const NEW_SUBFILE_TYPE = 254
const DNG_VERSION = 50_706

/**
 * Refuses camera raw and other TIFF files whose first picture is a thumbnail: libvips would show that alone.
 * @param bytes the file, or its first bytes; a directory behind them is not looked at
 * @throws UnswapError `media_unsupported`
 */
export function refuseCameraRaw(bytes: Uint8Array): void {
  for (const { tag, long } of readFirstDirectory(bytes) ?? []) {
    const thumbnail = tag === NEW_SUBFILE_TYPE && (long & 1) === 1
    if (!thumbnail && tag !== DNG_VERSION) continue
    throw new UnswapError(
      'media_unsupported',
      'This is a camera raw file, or its first picture is only a thumbnail. Export the photograph as a JPEG and analyse that.',
    )
  }
}
