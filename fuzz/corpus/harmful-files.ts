import { deflateSync, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import type { Random } from '../fuzz-random.ts'
import { CROWDED } from './crowded-files.ts'
import { iso } from './iso-boxes.ts'
import { png, pngChunk } from './png-file.ts'
import type { Seeds } from './sound-media.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')
const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#567' } })

/** Bytes that unpack to `size` bytes of nothing. */
const packed = (size: number) => deflateSync(Buffer.alloc(size))

/** Media that were built to harm, by name. Those that cost seconds each are in `HEAVY`. */
export const SPECIAL: Readonly<Record<string, (seeds: Seeds, random: Random) => Buffer | Promise<Buffer>>> = {
  empty: () => Buffer.alloc(0),
  'one byte': (_, random) => random.bytes(1),
  noise: (_, random) => random.bytes(1 + random.below(4096)),
  'signature alone': (_, random) =>
    latin(
      random.pick([
        '\xff\xd8\xff',
        '\x89PNG\r\n\x1a\n',
        'GIF89a',
        'II*\0',
        'RIFF\0\0\0\0WEBP',
        'RIFF\0\0\0\0AVI ',
      ]),
    ),
  'signature and noise': (_, random) =>
    Buffer.concat([
      latin(
        random.pick([
          '\xff\xd8\xff',
          '\x89PNG\r\n\x1a\n',
          'GIF89a',
          'II*\0',
          'MM\0*',
          'RIFF\xff\xff\xff\xffWEBPVP8 ',
          'RIFF\xff\xff\xff\xffAVI LIST',
          '\x1a\x45\xdf\xa3\x8b\x42\x82\x84webm',
          '\0\0\0\x14ftypisom\0\0\0\0isom',
          '\0\0\0\x14ftypheic\0\0\0\0mif1',
          '\0\0\0\x14ftypavif\0\0\0\0avif',
        ]),
      ),
      random.bytes(random.below(2048)),
    ]),
  '1×1': (_, random) =>
    random.chance(0.5)
      ? png({ width: 1, height: 1 })
      : blank(1, 1)
          .toFormat(random.pick(['jpeg', 'webp']))
          .toBuffer(),
  'png says huge': (_, random) => {
    const sizes = [0, 1, 65_536, 1_000_000, 0x7fffffff, 0xffffffff]
    return png({ width: random.pick(sizes), height: random.pick(sizes), rows: Buffer.alloc(100) })
  },
  'png text bomb': () =>
    png({ width: 8, height: 8, extra: [pngChunk('zTXt', Buffer.concat([latin('k\0\0'), packed(2e7)]))] }),
  'png profile bomb': () =>
    png({ width: 8, height: 8, extra: [pngChunk('iCCP', Buffer.concat([latin('p\0\0'), packed(2e7)]))] }),
  'png with too many rows': () => png({ width: 64, height: 64, rows: Buffer.alloc(2e7) }),
  'png with too few rows': () => png({ width: 64, height: 64, rows: Buffer.alloc(65 * 20) }),
  'exif loop': ({ images }) => withExif(images.get('a.jpg')!, loopingExif()),
  'exif noise': ({ images }, random) =>
    withExif(
      images.get('a.jpg')!,
      Buffer.concat([latin('II*\0\x08\0\0\0'), random.bytes(random.below(300))]),
    ),
  'exif orientation': ({ images }, random) =>
    withExif(images.get('a.jpg')!, orientation(random.below(65_536))),
  'icc noise': ({ portrait }, random) => {
    const profile = Buffer.concat([random.bytes(36), latin('acsp'), random.bytes(random.below(500))])
    return Buffer.concat([
      portrait.subarray(0, 33),
      pngChunk('iCCP', Buffer.concat([latin('p\0\0'), deflateSync(profile)])),
      portrait.subarray(33),
    ])
  },
  'gif of frames': (_, random) => {
    const frame = latin('\x21\xf9\x04\0\0\0\0\0\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0')
    const frames = Array.from({ length: 1 + random.below(3000) }, () => frame)
    return Buffer.concat([latin('GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff'), ...frames, latin(';')])
  },
  crowded: (_, random) => CROWDED[random.pick(Object.keys(CROWDED))]!(9_000 + random.below(3000)),
  'gif says huge': () =>
    latin(
      'GIF89a\xff\xff\xff\xff\x80\0\0\0\0\0\xff\xff\xff\x2c\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;',
    ),
  'tiff loop': () => latin('II*\0\x08\0\0\0\x01\0\x00\x01\x03\0\x01\0\0\0\x08\0\0\0\x08\0\0\0'),
  zip: ({ portrait }) =>
    Buffer.concat([latin('PK\x03\x04\x14\0\0\0\x08\0'), Buffer.alloc(20), deflateSync(portrait)]),
  gzip: ({ portrait }) => gzipSync(portrait),
  'zip bomb behind a picture': ({ portrait }) =>
    Buffer.concat([portrait, latin('PK\x03\x04\x14\0\0\0\x08\0'), Buffer.alloc(20), packed(2e7)]),
  polyglot: ({ images, videos }, random) =>
    Buffer.concat([
      random.pick([...images.values()]),
      random.pick([...videos.values(), latin('%PDF-1.4\n<svg/>')]),
    ]),
  'picture in a box': ({ images }, random) =>
    Buffer.concat([iso('ftyp', latin('isom\0\0\0\0isom')), iso('mdat', random.pick([...images.values()]))]),
  'video in a video': ({ videos }, random) => iso('moov', random.pick([...videos.values()])),
  'nested boxes': (_, random) => {
    let inner: Buffer = Buffer.alloc(8)
    for (let depth = random.below(2000); depth > 0; depth--)
      inner = iso(random.pick(['moov', 'trak', 'udta']), inner)
    return inner
  },
  'box of no end': (_, random) =>
    Buffer.concat([
      iso('ftyp', latin('isom\0\0\0\0isom')),
      latin(`\0\0\0${random.pick(['\0', '\x01'])}mdat`),
      random.bytes(512),
    ]),
  'cluster of no end': ({ videos }, random) => {
    const bytes = Buffer.from(videos.get('vp8.webm')!)
    const at = bytes.indexOf(latin('\x1f\x43\xb6\x75'))
    return Buffer.concat([
      bytes.subarray(0, at + 4),
      latin('\x01\xff\xff\xff\xff\xff\xff\xff'),
      random.bytes(900),
    ])
  },
  'no duration': ({ videos }, random) => durationOf(videos.get('vp8.webm')!, random),
  'times of mp4': ({ videos }, random) => timesOf(videos.get('variable-rate.mp4')!, random),
}

/** Each of these takes up to seconds and hundreds of megabytes. */
export const HEAVY: typeof SPECIAL = {
  '30000×10': () => blank(30_000, 10).jpeg().toBuffer(),
  '10×30000': () => blank(10, 30_000).png().toBuffer(),
  'png bomb': () => png({ width: 12_000, height: 8_000, depth: 1 }),
  'png bomb over the limit': () => png({ width: 30_000, height: 30_000, depth: 1, rows: Buffer.alloc(1e6) }),
  'a thousand faces': ({ portrait }) => {
    const [columns, rows] = [40, 25]
    const tiles = Array.from({ length: columns * rows }, (_, n) => ({
      input: portrait,
      left: (n % columns) * 96,
      top: Math.floor(n / columns) * 120,
    }))
    return blank(columns * 96, rows * 120)
      .composite(tiles)
      .jpeg({ quality: 70 })
      .toBuffer()
  },
}

function withExif(jpeg: Buffer, tiff: Buffer): Buffer {
  const body = Buffer.concat([latin('Exif\0\0'), tiff])
  const head = latin('\xff\xe1\0\0')
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([jpeg.subarray(0, 2), head, body, jpeg.subarray(2)])
}

/** A directory of tags whose next directory and Exif directory are itself. */
function loopingExif(): Buffer {
  return latin('II*\0\x08\0\0\0\x01\0\x69\x87\x04\0\x01\0\0\0\x08\0\0\0\x08\0\0\0')
}

function orientation(value: number): Buffer {
  const tiff = latin('II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\0\0\0\0\0\0\0\0')
  tiff.writeUInt16LE(value, 18)
  return tiff
}

/** Durations and time scales that are no times: NaN, infinite, negative, zero (Matroska stores floats). */
function durationOf(webm: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(webm)
  const at = bytes.indexOf(latin('\x44\x89\x88'))
  if (at >= 0) bytes.writeDoubleBE(random.pick([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 1e300]), at + 3)
  const scale = bytes.indexOf(latin('\x2a\xd7\xb1\x83'))
  if (scale >= 0 && random.chance(0.5)) bytes.writeUIntBE(random.pick([0, 1, 0xffffff]), scale + 4, 3)
  return bytes
}

/** A time scale of zero, lengths of frames that overflow, offsets far below zero. */
function timesOf(mp4: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(mp4)
  const wild = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff]
  for (const type of ['mvhd', 'mdhd', 'stts', 'ctts', 'elst']) {
    const at = bytes.indexOf(latin(type))
    if (at < 0 || random.chance(0.5)) continue
    const field = type === 'mvhd' || type === 'mdhd' ? random.pick([16, 20]) : 12 + 4 * random.below(4)
    if (at + field + 4 < bytes.length) bytes.writeUInt32BE(random.pick(wild), at + field)
  }
  return bytes
}
