import type { ReasonCode } from '@unswap/contract'
import type { SharpOptions } from 'sharp'
import type { MediaFormat } from '../../sniff-format.ts'
import { readFirstDirectory } from '../tiff-directory.ts'
import { readJpegScan, type ScanFindings } from './jpeg-scan.ts'
import { checkPngChunks } from './png-chunks.ts'
import { type RepairedJpeg, repairJpeg } from './repair-jpeg.ts'

/** Decodes bytes or the file of that path, and throws for a flaw of the given grade or above. */
type Decode<Picture> = (content: Uint8Array | string, failOn: SharpOptions['failOn']) => Promise<Picture>

export interface Checked<Picture> {
  readonly picture: Picture
  /** `flawed_file` or `damaged`, where the file is not in order. */
  readonly notes: readonly ReasonCode[]
}

/** With more of its blocks missing, a picture is refused: the grey rest could be taken for part of a face. */
const LEAST_PRESENT = 0.95

/**
 * Decodes a picture and tells harmless flaws from damage. It never reads the decoder's messages, as libvips keeps those
 * of all pictures of the process in one place.
 * @throws what `decode` throws, or an Error where too little of the picture is left
 */
export async function decodeChecked<Picture>(
  content: Uint8Array | string,
  format: MediaFormat['format'],
  decode: Decode<Picture>,
): Promise<Checked<Picture>> {
  // Files too large for the memory are only decoded strictly.
  if (typeof content === 'string') return { picture: await decode(content, 'warning'), notes: [] }
  if (format === 'jpeg') return decodeJpeg(content, decode)
  const strict = await attempt(() => decode(content, 'warning'))
  if (format === 'png') {
    const { flawed, damaged } = checkPngChunks(content)
    const picture = strict.picture ?? (await decode(content, 'truncated'))
    return noted(picture, flawed, damaged || strict.picture === undefined)
  }
  if (strict.picture !== undefined) return { picture: strict.picture, notes: [] }
  // libtiff warns of tags; damaged picture data is an error, except that of the JPEG codec.
  if (format === 'tiff') return noted(await decode(content, 'error'), true, hasJpegCodec(content))
  throw strict.cause
}

async function decodeJpeg<Picture>(content: Uint8Array, decode: Decode<Picture>): Promise<Checked<Picture>> {
  const repaired = repairJpeg(content)
  if (!repaired.complete) throw new Error('parts of the picture are missing')
  const [strict, scans] = await Promise.all([
    attempt(() => decode(repaired.bytes, 'warning')),
    readScans(repaired),
  ])
  const present = scans?.present ?? (strict.picture === undefined ? 0 : 1)
  if (repaired.endMissing && present < 1) throw new Error('it ends early')
  if (scans !== null && present < LEAST_PRESENT) throw new Error('it ends early')
  const damaged = scans?.damaged ?? strict.picture === undefined
  const picture = strict.picture ?? (await decode(repaired.bytes, 'error'))
  return noted(picture, repaired.flawed || strict.picture === undefined, damaged)
}

/** What all scans of a baseline picture show together; null for other kinds of coding. */
async function readScans({ frame, scans, bytes }: RepairedJpeg): Promise<ScanFindings | null> {
  if (frame === null || !frame.baseline) return null
  if (scans.length > frame.components.length) return { damaged: true, present: 1 }
  let all: ScanFindings = { damaged: false, present: 1 }
  for (const scan of scans) {
    const found = await readJpegScan(bytes, frame, scan)
    if (found === null) return null
    all = {
      damaged: all.damaged || found.damaged,
      present: Math.min(all.present, found.present),
    }
  }
  return all
}

const COMPRESSION = 259

/** Whether the first directory names compression 7, JPEG (TIFF Technical Note 2). BigTIFF counts as such. */
function hasJpegCodec(bytes: Uint8Array): boolean {
  const entries = readFirstDirectory(bytes)
  return entries === null || entries.find(({ tag }) => tag === COMPRESSION)?.short === 7
}

function noted<Picture>(picture: Picture, flawed: boolean, damaged: boolean): Checked<Picture> {
  return { picture, notes: damaged ? ['damaged'] : flawed ? ['flawed_file'] : [] }
}

type Attempt<Picture> =
  | { readonly picture: Picture; readonly cause?: never }
  | { readonly picture?: never; readonly cause: unknown }

async function attempt<Picture>(work: () => Promise<Picture>): Promise<Attempt<Picture>> {
  return work().then(
    (picture) => ({ picture }),
    (cause: unknown) => ({ cause }),
  )
}
