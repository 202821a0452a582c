import type { MediaFormat } from '../sniff-format.ts'

/** A request of a scanner for some bytes of the file. */
interface Wanted {
  readonly at: number
  readonly length: number
}

/** Goes through a file: yields the bytes that it needs next, or `part` for each part, and returns at the end. */
export type Scanner = () => Generator<Wanted | 'part', void, Uint8Array>

const see = (at: number, length: number): Wanted => ({ at, length })
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Scanners by format. The other formats have few parts, or libvips limits them. */
export const SCANNERS: Readonly<Partial<Record<MediaFormat['format'], Scanner>>> = {
  jpeg,
  png,
  webp,
  gif,
  tiff,
}

/** Segments before the picture data (ITU-T T.81, annex B). */
function* jpeg(): ReturnType<Scanner> {
  for (let at = 2; ; ) {
    const [mark, code = 0] = yield see(at, 2)
    if (mark !== 0xff || code === 0xff) {
      at += 1 // padding or stray bytes, which decoders skip
      continue
    }
    if (code === 0xda || code === 0xd9) return
    yield 'part'
    const alone = code <= 1 || (code >= 0xd0 && code <= 0xd8)
    at += 2 + (alone ? 0 : view(yield see(at + 2, 2)).getUint16(0))
  }
}

/** Chunks, except those of the picture data (PNG, third edition, 5.3). */
function* png(): ReturnType<Scanner> {
  for (let at = 8; ; ) {
    const head = yield see(at, 8)
    const type = String.fromCharCode(...head.subarray(4))
    if (type === 'IEND') return
    if (type !== 'IDAT') yield 'part'
    at += 12 + view(head).getUint32(0)
  }
}

/** Chunks of RIFF; each frame is one. */
function* webp(): ReturnType<Scanner> {
  const end = 8 + view(yield see(4, 4)).getUint32(0, true)
  for (let at = 12; at < end; ) {
    const size = view(yield see(at, 8)).getUint32(4, true)
    yield 'part'
    at += 8 + size + (size % 2)
  }
}

/** Frames, and the extension blocks before each (GIF89a, 17 to 27). */
function* gif(): ReturnType<Scanner> {
  const palette = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0)
  let at = 13 + palette((yield see(10, 1))[0]!)
  for (;;) {
    const [kind] = yield see(at, 1)
    if (kind === 0x21) at += 2
    else if (kind === 0x2c) at += 11 + palette((yield see(at + 9, 1))[0]!)
    else return
    yield 'part'
    for (;;) {
      const [length] = yield see(at, 1)
      at += 1 + length!
      if (length === 0) break
    }
  }
}

/** Directories, each of which has the offset of the next (TIFF 6.0, section 2, and BigTIFF). */
function* tiff(): ReturnType<Scanner> {
  const head = view(yield see(0, 16))
  const little = head.getUint8(0) === 0x49
  const big = head.getUint16(2, little) === 43
  const offset = (bytes: Uint8Array) =>
    big ? Number(view(bytes).getBigUint64(0, little)) : view(bytes).getUint32(0, little)
  const [countSize, entrySize, offsetSize] = big ? [8, 20, 8] : [2, 12, 4]
  for (let at = offset(yield see(big ? 8 : 4, offsetSize)); at > 0; ) {
    yield 'part'
    const count = yield see(at, countSize)
    const entries = big ? offset(count) : view(count).getUint16(0, little)
    at = offset(yield see(at + countSize + entries * entrySize, offsetSize))
  }
}
