import type { MediaFormat } from '../kind.ts'

/** Bytes of a file that a walk wants to see. */
interface Wanted {
  readonly at: number
  readonly length: number
}

/** A walk through a file: it asks for bytes and is given them, tells of each part, and ends where the format does. */
export type Walk = () => Generator<Wanted | 'part', void, Uint8Array>

const see = (at: number, length: number): Wanted => ({ at, length })
const view = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** How the formats lay out their parts; those that are not here have few, or libvips bounds them. */
export const WALKS: Readonly<Partial<Record<MediaFormat['format'], Walk>>> = {
  jpeg,
  png,
  webp,
  gif,
  tiff,
}

/** Segments before the picture data (ITU-T T.81, annex B). */
function* jpeg(): ReturnType<Walk> {
  for (let at = 2; ; ) {
    const [mark, code = 0] = yield see(at, 2)
    if (mark !== 0xff || code === 0xff) {
      at += 1 // padding, or what does not belong there and is passed over
      continue
    }
    if (code === 0xda || code === 0xd9) return
    yield 'part'
    const alone = code <= 1 || (code >= 0xd0 && code <= 0xd8)
    at += 2 + (alone ? 0 : view(yield see(at + 2, 2)).getUint16(0))
  }
}

/** Chunks but those of the picture data (PNG, third edition, 5.3). */
function* png(): ReturnType<Walk> {
  for (let at = 8; ; ) {
    const head = yield see(at, 8)
    const type = String.fromCharCode(...head.subarray(4))
    if (type === 'IEND') return
    if (type !== 'IDAT') yield 'part'
    at += 12 + view(head).getUint32(0)
  }
}

/** Chunks of RIFF; each frame is one. */
function* webp(): ReturnType<Walk> {
  const end = 8 + view(yield see(4, 4)).getUint32(0, true)
  for (let at = 12; at < end; ) {
    const size = view(yield see(at, 8)).getUint32(4, true)
    yield 'part'
    at += 8 + size + (size % 2)
  }
}

/** Frames, and what stands before each (GIF89a, 17 to 27). */
function* gif(): ReturnType<Walk> {
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

/** Directories, each of which names the next (TIFF 6.0, section 2, and BigTIFF). */
function* tiff(): ReturnType<Walk> {
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
