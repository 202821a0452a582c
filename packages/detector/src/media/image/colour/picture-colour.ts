import type { MediaFormat } from '../../sniff-format.ts'
import type { Colour } from '../../video/to-srgb.ts'
import { primaryItemColour } from './iso-item-colour.ts'

/** ffmpeg's names of the code points that need a conversion (ITU-T H.273, tables 2 and 3). */
const PRIMARIES: Readonly<Record<number, string>> = { 9: 'bt2020', 12: 'smpte432' }
const TRANSFERS: Readonly<Record<number, string>> = { 16: 'smpte2084', 18: 'arib-std-b67' }

/**
 * The colour space that a picture states by code points: a `cICP` chunk of PNG, an `nclx` box of AVIF and HEIC. libvips
 * knows profiles alone.
 * @param profiled whether the picture has a profile too, which then counts unless the code points say HDR
 * @returns null where nothing is to be converted
 */
export function readPictureColour(
  bytes: Uint8Array,
  format: MediaFormat['format'],
  profiled: boolean,
): Colour | null {
  const codes = format === 'png' ? pngCodes(bytes) : isIso(format) ? primaryItemColour(bytes) : null
  if (codes === null) return null
  const colour = { primaries: PRIMARIES[codes[0]] ?? null, transfer: TRANSFERS[codes[1]] ?? null }
  if (colour.transfer !== null) return colour
  return profiled || colour.primaries === null ? null : colour
}

const isIso = (format: MediaFormat['format']) => format === 'avif' || format === 'heic'

/** Primaries and transfer of the `cICP` chunk, which stands before the picture data (PNG, third edition, 11.3.2.6). */
function pngCodes(bytes: Uint8Array): readonly [number, number] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 8; at + 12 <= bytes.length; at += 12 + view.getUint32(at)) {
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    if (type === 'cICP' && at + 10 <= bytes.length) return [bytes[at + 8]!, bytes[at + 9]!]
    if (type === 'IDAT') return null
  }
  return null
}
