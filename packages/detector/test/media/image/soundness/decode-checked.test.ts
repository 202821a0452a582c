import { type Frame, openMedia } from '@unswap/detector'
import sharp from 'sharp'
import { expect, it } from 'vitest'

/** A picture with detail everywhere, so that its coded data is long. */
const [WIDTH, HEIGHT] = [320, 240]
const random = numbers(1)
const pixels = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => {
  const x = Math.floor(at / 3) % WIDTH
  return 90 + 60 * Math.sin(x / 9) + 40 * random()
})
const source = () => sharp(pixels, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })
const plain = await source().jpeg({ quality: 90 }).toBuffer()
const progressive = await source().jpeg({ quality: 90, progressive: true }).toBuffer()
const restarting = await sharp(plain).jpeg({ mozjpeg: false, quality: 90 }).toBuffer()

const splice = (bytes: Buffer, at: number, ...stray: number[]) =>
  Buffer.concat([bytes.subarray(0, at), Buffer.from(stray), bytes.subarray(at)])
const changed = (bytes: Buffer, at: number, value: number) => {
  const copy = Buffer.from(bytes)
  copy[at] = value
  return copy
}
const frameHeader = plain.indexOf(Buffer.from([0xff, 0xc0]))
const oddJfif = [0xff, 0xe0, 0, 16, ...Buffer.from('JFIF\0'), 7, 1, 0, 0, 1, 0, 1, 0, 0]

interface Seen {
  readonly code?: string
  readonly notes?: readonly string[]
  readonly frame?: Frame
}

async function look(bytes: Uint8Array): Promise<Seen> {
  try {
    const media = await openMedia({ bytes })
    const { value } = await media.frames({ count: 1 }).next()
    await media.close()
    return { notes: media.notes, frame: value as Frame }
  } catch (error) {
    return { code: (error as { code: string }).code }
  }
}

it.each([
  ['sequential JPEG', plain],
  ['progressive JPEG', progressive],
  ['JPEG written again', restarting],
  ['JPEG with fill bytes before its end', splice(plain, plain.length - 2, 0, 0, 0)],
  ['JPEG with bytes after its end', Buffer.concat([plain, Buffer.alloc(99, 0x41)])],
])('%s: nothing to note', async (_, bytes) => {
  expect((await look(bytes)).notes).toEqual([])
})

it.each([
  ['no end marker', plain.subarray(0, -2)],
  ['half an end marker', plain.subarray(0, -1)],
  ['no end marker, progressive', progressive.subarray(0, -2)],
  ['stray bytes before a segment', splice(plain, frameHeader, 1, 2, 3)],
  ['an odd JFIF version', splice(plain, 2, ...oddJfif)],
])('%s: judged whole, with a note', async (name, bytes) => {
  const { notes, frame } = await look(bytes)
  expect(notes).toEqual(['flawed_file'])
  const whole = await look(name.endsWith('progressive') ? progressive : plain)
  expect(frame!.data).toEqual(whole.frame!.data)
})

it('altered bytes in the coded data are noted as damage or refused, each time', async () => {
  const start = plain.indexOf(Buffer.from([0xff, 0xda])) + 14
  const next = numbers(7)
  const seen: Seen[] = []
  for (let copy = 0; copy < 60; copy++) {
    const bytes = Buffer.from(plain)
    for (let n = 0; n < 6; n++) {
      bytes[start + Math.floor(next() * (bytes.length - start - 2))] = Math.floor(next() * 255)
    }
    seen.push(await look(bytes))
  }
  const told = seen.filter(({ code, notes }) => code === 'media_unreadable' || notes?.includes('damaged'))
  expect(told.length).toBeGreaterThanOrEqual(57)
  expect(seen.filter(({ notes }) => notes !== undefined).length).toBeGreaterThan(20)
})

it('a PNG with a missing end or altered extra data is judged, one with altered picture data is not whole', async () => {
  const png = await source()
    .withExifMerge({ IFD0: { Artist: 'nobody' } })
    .png()
    .toBuffer()
  expect((await look(png)).notes).toEqual([])
  expect((await look(png.subarray(0, -12))).notes).toEqual(['flawed_file'])
  const extra = png.indexOf('eXIf') + 12
  expect((await look(changed(png, extra, png[extra]! ^ 1))).notes).toEqual(['flawed_file'])
  const data = png.indexOf('IDAT') - 4
  const checksum = data + 8 + png.readUInt32BE(data)
  expect((await look(changed(png, checksum, png[checksum]! ^ 1))).notes).toEqual(['damaged'])
  expect((await look(changed(png, data + 200, png[data + 200]! ^ 64))).code).toBe('media_unreadable')
})

it('a TIFF of which libtiff warns is judged', async () => {
  expect((await look(tiffBy('somebody\0'))).notes).toEqual([])
  expect((await look(tiffBy('somebody!'))).notes).toEqual(['flawed_file'])
})

it('forty copies, four at a time beside broken ones, are all told the same', async () => {
  const stray = splice(plain, frameHeader, 1, 2, 3)
  const broken = await source().png().toBuffer()
  broken[broken.length >> 1]! ^= 64
  const seen: string[] = []
  let left = 40
  const work = async () => {
    while (left-- > 0) {
      const [{ code, notes }] = await Promise.all([look(stray), look(broken), look(plain.subarray(0, 900))])
      seen.push(code ?? notes!.join())
    }
  }
  await Promise.all([work(), work(), work(), work()])
  expect(seen).toEqual(Array.from({ length: 40 }, () => 'flawed_file'))
})

/** A small grey TIFF with the given bytes as its `Artist`, which should end with a zero. */
function tiffBy(artist: string): Buffer {
  const [side, data] = [16, Buffer.alloc(16 * 16, 99)]
  const entries: [tag: number, type: number, count: number, value: number][] = [
    [256, 3, 1, side],
    [257, 3, 1, side],
    [258, 3, 1, 8],
    [259, 3, 1, 1],
    [262, 3, 1, 1],
    [273, 4, 1, 8],
    [277, 3, 1, 1],
    [278, 3, 1, side],
    [279, 4, 1, data.length],
    [315, 2, artist.length, 8 + data.length],
  ]
  const name = Buffer.from(artist.padEnd(16))
  const directory = Buffer.alloc(2 + 12 * entries.length + 4)
  directory.writeUInt16LE(entries.length)
  for (const [n, [tag, type, count, value]] of entries.entries()) {
    directory.writeUInt16LE(tag, 2 + 12 * n)
    directory.writeUInt16LE(type, 4 + 12 * n)
    directory.writeUInt32LE(count, 6 + 12 * n)
    directory.writeUInt32LE(value, 10 + 12 * n)
  }
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1')
  head.writeUInt32LE(8 + data.length + name.length, 4)
  return Buffer.concat([head, data, name, directory])
}

/** Numbers of 0..1, the same in every run. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    return state / 0x7fff_ffff
  }
}
