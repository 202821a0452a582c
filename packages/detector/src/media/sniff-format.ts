import type { MediaKind } from '@unswap/contract'

/** The kind of media, and the format that `MediaInfo.format` reports, both by the file's first bytes. */
export interface MediaFormat {
  readonly kind: MediaKind
  readonly format: (typeof IMAGE_FORMATS)[number] | (typeof VIDEO_FORMATS)[number]
}

/** Containers of video that only ffmpeg reads, besides AVI. */
const FFMPEG_FORMATS = ['ts', 'mpg', 'flv', 'wmv', 'ogv', 'mxf'] as const
const IMAGE_FORMATS = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'heic'] as const
const VIDEO_FORMATS = ['mp4', 'mov', 'webm', 'mkv', 'avi', ...FFMPEG_FORMATS] as const
export type VideoFormat = (typeof VIDEO_FORMATS)[number]

/** The formats that can be opened, for error messages. */
export const FORMATS_TEXT = `${IMAGE_FORMATS.join(', ')}, ${VIDEO_FORMATS.join(', ')}`

/** How many bytes `sniffFormat` needs, or all bytes of a shorter file. */
export const SNIFF_BYTES = 4096

/** File brands of ISO base media that hold still pictures coded as HEVC (ISO/IEC 23008-12, annex B). */
const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']
const AVIF_BRANDS = ['avif', 'avis']
/** Brands of ISO base media that hold something else: camera raw files and sound alone. */
const FOREIGN_BRANDS = ['crx ', 'M4A ', 'M4B ', 'M4P ']
/** Atoms with which QuickTime files older than `ftyp` begin. */
const QUICKTIME_ATOMS = ['moov', 'mdat', 'wide', 'free', 'skip', 'pnot']

/** The kind and format by the file's signature; its name does not matter. Null for an unsupported format. */
export function sniffFormat(head: Uint8Array): MediaFormat | null {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, SNIFF_BYTES)).toString(
    'latin1',
  )
  if (text.startsWith('\xff\xd8\xff')) return { kind: 'image', format: 'jpeg' }
  if (text.startsWith('\x89PNG\r\n\x1a\n')) return { kind: 'image', format: 'png' }
  if (text.startsWith('GIF87a') || text.startsWith('GIF89a')) return { kind: 'image', format: 'gif' }
  if (['II*\0', 'MM\0*', 'II+\0', 'MM\0+'].includes(text.slice(0, 4)))
    return { kind: 'image', format: 'tiff' }
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') return { kind: 'image', format: 'webp' }
  if (text.startsWith('RIFF') && text.slice(8, 12) === 'AVI ') return { kind: 'video', format: 'avi' }
  if (text.startsWith('\x1a\x45\xdf\xa3')) return sniffMatroska(text)
  const broadcast = sniffBroadcast(text)
  if (broadcast !== null) return { kind: 'video', format: broadcast }
  if (text.slice(4, 8) === 'ftyp') return sniffIsoMedia(head, text)
  if (QUICKTIME_ATOMS.includes(text.slice(4, 8))) return { kind: 'video', format: 'mov' }
  return null
}

/** First bytes of MPEG programme streams, Flash video, ASF and MXF (SMPTE ST 377-1, 7.1). */
const SIGNATURES: Readonly<Record<string, (typeof FFMPEG_FORMATS)[number]>> = {
  '\0\0\x01\xba': 'mpg',
  'FLV\x01': 'flv',
  '\x30\x26\xb2\x75\x8e\x66\xcf\x11': 'wmv',
  '\x06\x0e\x2b\x34\x02\x05\x01\x01\x0d\x01\x02': 'mxf',
}

function sniffBroadcast(text: string): (typeof FFMPEG_FORMATS)[number] | null {
  for (const [signature, format] of Object.entries(SIGNATURES)) {
    if (text.startsWith(signature)) return format
  }
  // Ogg without a film is sound.
  if (text.startsWith('OggS') && text.includes('\x80theora')) return 'ogv'
  // Packets of 188 bytes, or of 192 with a time before each (ISO/IEC 13818-1, 2.4.3.2).
  const packets = (first: number, size: number) =>
    [0, 1, 2, 3].every((packet) => text[first + packet * size] === 'G')
  return packets(0, 188) || packets(4, 192) ? 'ts' : null
}

function sniffMatroska(text: string): MediaFormat | null {
  const docType = /\x42\x82[\x80-\xff](webm|matroska)/.exec(text)?.[1]
  if (docType === undefined) return null
  return { kind: 'video', format: docType === 'webm' ? 'webm' : 'mkv' }
}

function sniffIsoMedia(head: Uint8Array, text: string): MediaFormat | null {
  const size = new DataView(head.buffer, head.byteOffset, head.byteLength).getUint32(0)
  const major = text.slice(8, 12)
  const brands = [major, ...(text.slice(16, size).match(/[\s\S]{4}/g) ?? [])]
  if (FOREIGN_BRANDS.includes(major)) return null
  if (brands.some((brand) => AVIF_BRANDS.includes(brand))) return { kind: 'image', format: 'avif' }
  if (HEIC_BRANDS.includes(major)) return { kind: 'image', format: 'heic' }
  return { kind: 'video', format: major === 'qt  ' ? 'mov' : 'mp4' }
}
