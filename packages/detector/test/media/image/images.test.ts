import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { crc32, deflateSync } from 'node:zlib'
import type { Picture } from '@unswap/detector'
import { openMedia } from '@unswap/detector'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'

const WIDTH = 96
const HEIGHT = 64

/** Red grows to the right, green downwards, blue differs between the halves. */
const gradient = new Uint8Array(WIDTH * HEIGHT * 3)
for (let y = 0; y < HEIGHT; y++) {
  for (let x = 0; x < WIDTH; x++) {
    gradient.set([20 + 2 * x, 20 + 3 * y, x < WIDTH / 2 ? 200 : 60], (y * WIDTH + x) * 3)
  }
}
const source = () => sharp(gradient, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })

async function decode(bytes: Uint8Array) {
  const media = await openMedia({ bytes })
  const pictures: Picture[] = []
  for await (const frame of media.frames({ count: 32 })) pictures.push(frame)
  await media.close()
  expect(pictures).toHaveLength(1)
  return { info: media.info, picture: pictures[0]! }
}

function pixel({ width, data }: Picture, x: number, y: number): number[] {
  return [...data.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

function meanDifference(picture: Picture, expected: Uint8Array): number {
  expect(picture.data).toHaveLength(expected.length)
  return expected.reduce((sum, value, at) => sum + Math.abs(value - picture.data[at]!), 0) / expected.length
}

const code = async (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error) => error.code ?? error,
  )

describe('pictures', () => {
  const encodings: [name: string, format: string, tolerance: number, encode: () => Sharp][] = [
    ['JPEG', 'jpeg', 2, () => source().jpeg({ quality: 95, chromaSubsampling: '4:4:4' })],
    ['progressive JPEG', 'jpeg', 2, () => source().jpeg({ quality: 95, progressive: true })],
    ['PNG', 'png', 0, () => source().png()],
    ['interlaced PNG', 'png', 0, () => source().png({ progressive: true })],
    ['16-bit PNG', 'png', 0.5, () => source().toColourspace('rgb16').png()],
    ['palette PNG', 'png', 8, () => source().png({ palette: true })],
    ['WebP', 'webp', 3, () => source().webp({ quality: 95 })],
    ['AVIF', 'avif', 3, () => source().avif({ quality: 90, effort: 2 })],
    ['GIF', 'gif', 10, () => source().gif()],
    ['TIFF', 'tiff', 0, () => source().tiff({ compression: 'lzw' })],
    ['16-bit TIFF', 'tiff', 0.5, () => source().toColourspace('rgb16').tiff({ compression: 'deflate' })],
    ['CMYK JPEG', 'jpeg', 20, () => source().toColourspace('cmyk').jpeg({ quality: 98 })],
    ['Display P3 JPEG', 'jpeg', 3, () => source().withIccProfile('p3').jpeg({ quality: 98 })],
    ['Display P3 PNG of 16 bits', 'png', 1, () => source().withIccProfile('p3').toColourspace('rgb16').png()],
  ]
  it.each(encodings)('%s', async (_, format, tolerance, encode) => {
    const bytes = await encode().toBuffer()
    const { info, picture } = await decode(bytes)
    expect(info).toEqual({
      sha256: createHash('sha256').update(bytes).digest('hex'),
      kind: 'image',
      format,
      bytes: bytes.length,
      width: WIDTH,
      height: HEIGHT,
      codec: null,
      durationSeconds: null,
      frameCount: null,
      frameRate: null,
      rotation: 0,
      decoder: 'sharp',
    })
    expect(picture).toMatchObject({ width: WIDTH, height: HEIGHT, index: 0, seconds: 0 })
    expect(meanDifference(picture, gradient)).toBeLessThanOrEqual(tolerance)
  })

  it('greyscale, of 8 and 16 bits, as three equal channels', async () => {
    for (const grey of [source().greyscale(), source().greyscale().toColourspace('grey16')]) {
      const { picture } = await decode(await grey.png().toBuffer())
      const [red, green, blue] = pixel(picture, 70, 40)
      expect(new Set([red, green, blue]).size).toBe(1)
      expect(red).toBeGreaterThan(100)
    }
  })

  it('transparency over a neutral grey', async () => {
    const { picture } = await decode(await source().ensureAlpha(0).png().toBuffer())
    expect(pixel(picture, 5, 5)).toEqual([128, 128, 128])
  })

  it('only the first frame of an animation', async () => {
    const frame = (background: string) =>
      sharp({ create: { width: 8, height: 8, channels: 3, background } })
        .png()
        .toBuffer()
    const animation = sharp([await frame('#ff0000'), await frame('#0000ff')], { join: { animated: true } })
    for (const bytes of [await animation.clone().gif().toBuffer(), await animation.webp().toBuffer()]) {
      const { picture } = await decode(bytes)
      expect(picture.height).toBe(8)
      expect(pixel(picture, 4, 4)[0]).toBeGreaterThan(240)
    }
  })

  it.each([
    [1, 0, 0, 0],
    [2, 0, WIDTH - 1, 0],
    [3, 180, WIDTH - 1, HEIGHT - 1],
    [4, 180, 0, HEIGHT - 1],
    [5, 270, 0, 0],
    [6, 90, HEIGHT - 1, 0],
    [7, 90, HEIGHT - 1, WIDTH - 1],
    [8, 270, 0, WIDTH - 1],
  ])('EXIF orientation %i', async (orientation, rotation, x, y) => {
    const bytes = await source().withMetadata({ orientation }).png().toBuffer()
    const { info, picture } = await decode(bytes)
    const turned = orientation > 4
    expect(info).toMatchObject({
      width: turned ? HEIGHT : WIDTH,
      height: turned ? WIDTH : HEIGHT,
      rotation,
    })
    expect(picture).toMatchObject({ width: info.width, height: info.height })
    // The stored picture's first pixel comes to lie here.
    expect(pixel(picture, x, y)).toEqual([20, 20, 200])
  })

  it.each(['gradient.heic', 'display-p3.heic'])('HEIC: %s', async (name) => {
    const path = new URL(`../../../../../testdata/image/${name}`, import.meta.url)
    const { info, picture } = await decode(await readFile(path))
    expect(info).toMatchObject({ format: 'heic', decoder: 'heif', width: WIDTH, height: HEIGHT, rotation: 0 })
    expect(meanDifference(picture, gradient)).toBeLessThan(4)
  })
})

describe('pictures that cannot be judged', () => {
  it.each(['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff'] as const)(
    '%s cut off at each tenth is an error, never half a picture',
    async (format) => {
      const bytes = await source().toFormat(format).toBuffer()
      for (let tenth = 0; tenth < 10; tenth++) {
        const cut = bytes.subarray(0, Math.floor((bytes.length * tenth) / 10))
        expect(await code(decode(cut))).toBe(tenth === 0 ? 'media_empty' : 'media_unreadable')
      }
    },
  )

  it('HEIC cut off at each tenth', async () => {
    const bytes = await readFile(new URL('../../../../../testdata/image/gradient.heic', import.meta.url))
    for (let tenth = 1; tenth < 10; tenth++) {
      const cut = bytes.subarray(0, Math.floor((bytes.length * tenth) / 10))
      expect(await code(decode(cut))).toBe('media_unreadable')
    }
  })

  it('a JPEG whose missing end was papered over', async () => {
    const bytes = await source().jpeg().toBuffer()
    const patched = Buffer.concat([bytes.subarray(0, bytes.length / 2), Buffer.from([0xff, 0xd9])])
    expect(await code(decode(patched))).toBe('media_unreadable')
  })

  it('a JPEG with stray bytes before its end is whole', async () => {
    const bytes = await source().jpeg().toBuffer()
    const stray = Buffer.concat([bytes.subarray(0, -2), Buffer.alloc(7), bytes.subarray(-2)])
    expect(meanDifference((await decode(stray)).picture, gradient)).toBeLessThan(6)
  })

  it.each([
    ['text', 'Once upon a time there was a file with a wrong name.'],
    ['SVG', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['PDF', '%PDF-1.7\n%âãÏÓ\n1 0 obj'],
    ['sound', 'RIFF\x24\0\0\0WAVEfmt '],
    ['camera raw', '\0\0\0\x18ftypcrx \0\0\0\x01crx isom'],
  ])('%s is not supported', async (_, text) => {
    expect(await code(openMedia({ bytes: Buffer.from(text, 'latin1') }))).toBe('media_unsupported')
  })

  it('a PNG of 50,000×50,000 pixels is refused from its header', async () => {
    expect(await code(openMedia({ bytes: emptyPng(50_000, 50_000) }))).toBe('limit_pixels')
  })

  it('limits of pixels and bytes', async () => {
    const bytes = await source().png().toBuffer()
    expect(await code(openMedia({ bytes }, { limits: { pixels: WIDTH * HEIGHT - 1 } }))).toBe('limit_pixels')
    expect(await code(openMedia({ bytes }, { limits: { bytes: bytes.length - 1 } }))).toBe('limit_bytes')
    const exact = await openMedia({ bytes }, { limits: { pixels: WIDTH * HEIGHT, bytes: bytes.length } })
    await exact.close()
  })

  it('cancelled before and after opening', async () => {
    const bytes = await source().png().toBuffer()
    expect(await code(openMedia({ bytes }, { signal: AbortSignal.abort() }))).toBe('cancelled')
    const cancelling = new AbortController()
    const media = await openMedia({ bytes }, { signal: cancelling.signal })
    cancelling.abort()
    expect(await code(media.frames({ count: 1 }).next())).toBe('cancelled')
    await media.close()
  })
})

/** A valid PNG header with hardly any pixels behind it. */
function emptyPng(width: number, height: number): Uint8Array {
  const chunk = (type: string, body: Uint8Array) => {
    const head = Buffer.alloc(4)
    head.writeUInt32BE(body.length)
    return Buffer.concat([head, Buffer.from(type), body, Buffer.from(crc(type, body))])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2], 8)
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(100))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function crc(type: string, body: Uint8Array): number[] {
  const value = crc32(Buffer.concat([Buffer.from(type), body]))
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255)
}
