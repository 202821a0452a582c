import { readFile } from 'node:fs/promises'
import { crc32 } from 'node:zlib'
import { openMedia } from '@unswap/detector'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'

const [WIDTH, HEIGHT] = [64, 48]
/** Tones below the knee of tone mapping, which therefore come back as they were. */
const picture = Uint8Array.from({ length: WIDTH * HEIGHT * 3 }, (_, at) => {
  const x = Math.floor(at / 3) % WIDTH
  return [30 + x, 40 + 1.5 * x, 150 - x][at % 3]!
})
const raw = { raw: { width: WIDTH, height: HEIGHT, channels: 3 } } as const

/** The picture as HDR with BT.2020 primaries, with white at 203 candela per square metre (ITU-R BT.2100 and BT.2408). */
const inPq = hdr((light) => {
  const power = (light * 0.0203) ** (2610 / 16384)
  return ((3424 / 4096 + (2413 / 128) * power) / (1 + (2392 / 128) * power)) ** (2523 / 32)
})

async function decode(bytes: Uint8Array): Promise<Uint8Array> {
  const media = await openMedia({ bytes })
  const { value } = await media.frames({ count: 1 }).next()
  await media.close()
  return value!.data
}

function meanDifference(a: Uint8Array, b: Uint8Array): number {
  expect(a).toHaveLength(b.length)
  return a.reduce((sum, value, at) => sum + Math.abs(value - b[at]!), 0) / a.length
}

describe('HDR pictures look as the ordinary picture does', () => {
  it('PNG with cICP', async () => {
    const png = await sharp(inPq, raw).png().toBuffer()
    expect(meanDifference(await decode(png), picture)).toBeGreaterThan(10)
    expect(meanDifference(await decode(withChunk(png, 'cICP', [9, 16, 0, 1])), picture)).toBeLessThan(2)
  })

  it('PNG with cICP that says sRGB stays as it is', async () => {
    const png = await sharp(picture, raw).png().toBuffer()
    expect(meanDifference(await decode(withChunk(png, 'cICP', [1, 13, 0, 1])), picture)).toBe(0)
  })

  it('AVIF with nclx', async () => {
    const avif = await sharp(inPq, raw)
      .avif({ quality: 95, chromaSubsampling: '4:4:4', effort: 2 })
      .toBuffer()
    expect(meanDifference(await decode(stating(avif, 9, 16)), picture)).toBeLessThan(4)
  })

  it('HEIC with nclx', async () => {
    const heic = await readFile(new URL('../../../../../../testdata/image/gradient.heic', import.meta.url))
    const before = await decode(heic)
    const after = await decode(stating(heic, 9, 16))
    expect(meanDifference(before, after)).toBeGreaterThan(10)
  })
})

function hdr(encode: (light: number) => number): Uint8Array {
  const out = new Uint8Array(picture.length)
  const light = Float64Array.from(picture, (value) =>
    value <= 10 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  )
  for (let at = 0; at < out.length; at += 3) {
    const [r, g, b] = light.subarray(at, at + 3) as unknown as [number, number, number]
    const wide = [
      0.6274 * r + 0.3293 * g + 0.0433 * b,
      0.0691 * r + 0.9195 * g + 0.0114 * b,
      0.0164 * r + 0.088 * g + 0.8956 * b,
    ]
    out.set(
      wide.map((value) => Math.round(255 * encode(value))),
      at,
    )
  }
  return out
}

/** Adds a chunk after the header chunk, which ends at byte 33. */
function withChunk(png: Buffer, type: string, body: readonly number[]): Buffer {
  const content = Buffer.concat([Buffer.from(type), Buffer.from(body)])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(content))
  return Buffer.concat([png.subarray(0, 33), length, content, sum, png.subarray(33)])
}

/** Adds an `nclx` box to the properties of the first item, which lies where the media data begins. */
function stating(file: Buffer, primaries: number, transfer: number): Buffer {
  const colour = Buffer.from([0, 0, 0, 19, ...Buffer.from('colrnclx'), 0, primaries, 0, transfer, 0, 6, 128])
  const grown = colour.length + 1
  const place = (type: string) => file.indexOf(type) - 4
  const [meta, iprp, ipco, ipma, mdat] = ['meta', 'iprp', 'ipco', 'ipma', 'mdat'].map(place) as [
    ...[number, number, number, number, number],
  ]
  const copy = Buffer.from(file)
  const grow = (at: number, by: number) => copy.writeUInt32BE(copy.readUInt32BE(at) + by, at)
  grow(meta, grown)
  grow(iprp, grown)
  grow(ipco, colour.length)
  grow(ipma, 1)
  for (let at = place('iloc'); at < iprp; at++) {
    if (file.readUInt32BE(at) === mdat + 8) grow(at, grown)
  }
  // The properties before it, counted by the boxes in `ipco`.
  let number = 1
  const end = ipco + file.readUInt32BE(ipco)
  for (let at = ipco + 8; at < end; at += file.readUInt32BE(at)) number++
  const associations = ipma + 18
  copy[associations]!++
  return Buffer.concat([
    ...[copy.subarray(0, end), colour, copy.subarray(end, associations + 1), Buffer.of(number)],
    copy.subarray(associations + 1),
  ])
}
