import { fileURLToPath } from 'node:url'
import { type Frame, openMedia } from '@unswap/detector'
import { describe, expect, it } from 'vitest'
import { type Corner, collect, cornerColour, expectNumbers, lumaOf, psnr } from './numbered-frames.ts'

const path = (name: string) =>
  fileURLToPath(new URL(`../../../../../testdata/video/formats/${name}`, import.meta.url))

interface Fixture {
  readonly name: string
  readonly info: object
  /** Source frames that it holds; the n-th is shown at n / 30 s of the source. */
  readonly numbers: readonly number[]
  readonly corner?: Corner
  readonly fullRange?: boolean
  /** RGB of the square opposite, Y 120, Cb 90, Cr 170, by its matrix and range. */
  readonly colour?: readonly number[]
}

const range = (first: number, end: number, step = 1) =>
  Array.from({ length: Math.ceil((end - first) / step) }, (_, order) => first + order * step)
const all = range(0, 45)
const variable = [...range(0, 8), ...range(10, 45, 5)]
const bt601 = [188, 100, 44]

const fixtures: readonly Fixture[] = [
  { name: 'gop-12.mp4', info: { format: 'mp4', codec: 'h264' }, numbers: all, colour: bt601 },
  {
    name: 'variable-rate.mp4',
    info: { format: 'mp4', codec: 'h264' },
    numbers: variable,
  },
  { name: 'variable-rate.webm', info: { format: 'webm', codec: 'vp9' }, numbers: variable },
  { name: 'vp8.webm', info: { format: 'webm', codec: 'vp8' }, numbers: all },
  { name: 'av1.mkv', info: { format: 'mkv', codec: 'av1' }, numbers: all },
  { name: 'ten-bit.mov', info: { format: 'mov', codec: 'hevc' }, numbers: all, colour: bt601 },
  { name: 'anamorphic.mp4', info: { width: 85, height: 48 }, numbers: all },
  { name: 'odd-size.webm', info: { width: 63, height: 47 }, numbers: all },
  { name: 'bt709.mp4', info: { format: 'mp4' }, numbers: all, colour: [196, 109, 41] },
  { name: 'full-range.mp4', info: { format: 'mp4' }, numbers: all, fullRange: true, colour: [179, 103, 53] },
  {
    name: 'rotated-90.mov',
    info: { format: 'mov', width: 48, height: 64, rotation: 90 },
    numbers: all,
    corner: 'top right',
  },
  {
    name: 'rotated-180.mov',
    info: { width: 64, height: 48, rotation: 180 },
    numbers: all,
    corner: 'bottom right',
  },
  {
    name: 'rotated-270.mov',
    info: { width: 48, height: 64, rotation: 270 },
    numbers: all,
    corner: 'bottom left',
  },
  { name: 'edit-list.mp4', info: { format: 'mp4', codec: 'h264' }, numbers: range(15, 45) },
]

type Decoder = 'ffmpeg' | 'bundled'
const decoded = new Map<string, ReturnType<typeof decode>>()

/** All frames of a fixture, decoded once for all tests. */
function decodeAll(name: string, decoder: Decoder): ReturnType<typeof decode> {
  const key = `${decoder} ${name}`
  if (!decoded.has(key)) decoded.set(key, decode(name, decoder))
  return decoded.get(key)!
}

async function decode(name: string, decoder: Decoder) {
  const media = await openMedia({ path: path(name) }, { decoder })
  const frames = await collect(media.frames({ all: true }))
  expect(media.notes).toEqual([])
  await media.close()
  return { info: media.info, frames }
}

describe.each(['ffmpeg', 'bundled'] as const)('video by %s', (decoder) => {
  it.each(fixtures)('$name: every frame, at its time, upright', async (fixture) => {
    const { numbers, corner = 'top left', fullRange = false } = fixture
    const { info, frames } = await decodeAll(fixture.name, decoder)
    expect(info).toMatchObject({
      kind: 'video',
      frameCount: numbers.length,
      decoder: decoder === 'bundled' ? 'webcodecs' : 'ffmpeg',
      ...fixture.info,
    })
    const luma = (frame: Frame) => {
      const colour = cornerColour(frame, corner)
      return fullRange ? colour[0]! : lumaOf(colour)
    }
    const shown = frames.map((frame) => (luma(frame) - 40) / 3)
    expectNumbers(shown, numbers)
    for (const [order, frame] of frames.entries()) {
      expect(frame.index).toBe(order)
      expect(Math.abs(frame.seconds - (numbers[order]! - numbers[0]!) / 30)).toBeLessThanOrEqual(0.001)
      expect(frame).toMatchObject({ width: info.width, height: info.height })
      expect(frame.data).toHaveLength(info.width * info.height * 3)
    }
  })

  it.each(fixtures.filter(({ colour }) => colour))('$name: its own matrix and range', async (fixture) => {
    const { frames } = await decodeAll(fixture.name, decoder)
    const seen = cornerColour(frames[0]!, 'bottom right')
    for (const [channel, value] of fixture.colour!.entries()) {
      expect(Math.abs(seen[channel]! - value)).toBeLessThanOrEqual(4)
    }
  })

  it('chosen frames are the same as among all frames', async () => {
    const { frames } = await decodeAll('gop-12.mp4', decoder)
    const media = await openMedia({ path: path('gop-12.mp4') }, { decoder })
    expect(media.info).toMatchObject({ durationSeconds: 1.5, frameRate: 30 })
    for (const [sampling, numbers] of [
      [{ count: 5 }, [4, 13, 22, 31, 40]],
      [{ fps: 6 }, range(0, 45, 5)],
      [{ count: 1 }, [22]],
      [{ count: 100 }, all],
    ] as const) {
      expect(media.expectedFrames(sampling)).toBe(numbers.length)
      const chosen = await collect(media.frames(sampling))
      expect(chosen.map(({ seconds }) => Math.round(seconds * 30))).toEqual(numbers)
      for (const [order, frame] of chosen.entries()) {
        expect(frame.index).toBe(order)
        expect(frame.data).toEqual(frames[numbers[order]!]!.data)
      }
    }
    await media.close()
  })

  it('frames whose memory is given back as they come are the same', async () => {
    const { frames } = await decodeAll('gop-12.mp4', decoder)
    const media = await openMedia({ path: path('gop-12.mp4') }, { decoder })
    const memories = new Set<ArrayBufferLike>()
    for await (const frame of media.frames({ all: true })) {
      expect(frame.data).toEqual(frames[frame.index]!.data)
      memories.add(frame.data.buffer)
      frame.release?.()
    }
    await media.close()
    // two are decoded ahead while the third is looked at
    if (decoder === 'ffmpeg') expect(memories.size).toBeLessThanOrEqual(4)
  })

  it('a video in memory', async () => {
    const bytes = await import('node:fs/promises').then(({ readFile }) => readFile(path('vp8.webm')))
    const media = await openMedia({ bytes }, { decoder })
    expect(await collect(media.frames({ count: 3 }))).toHaveLength(3)
    await media.close()
  })
})

describe('both back-ends', () => {
  it.each(fixtures)('$name: agree on times and pictures', async ({ name }) => {
    const [ffmpeg, bundled] = [await decodeAll(name, 'ffmpeg'), await decodeAll(name, 'bundled')]
    expect({ ...bundled.info, decoder: '' }).toEqual({ ...ffmpeg.info, decoder: '' })
    expect(bundled.frames).toHaveLength(ffmpeg.frames.length)
    for (const [order, frame] of ffmpeg.frames.entries()) {
      const other: Frame = bundled.frames[order]!
      expect(other.seconds).toBeCloseTo(frame.seconds, 4)
      expect(psnr(frame.data, other.data)).toBeGreaterThan(name === 'anamorphic.mp4' ? 32 : 60)
    }
  })
})
