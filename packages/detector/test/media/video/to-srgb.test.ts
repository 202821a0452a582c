import { fileURLToPath } from 'node:url'
import { type Frame, openMedia } from '@unswap/detector'
import { describe, expect, it } from 'vitest'
import { collect } from './numbered-frames.ts'

const path = (name: string) =>
  fileURLToPath(new URL(`../../../../../testdata/video/formats/${name}`, import.meta.url))

/** What zimg was given: see `make.sh` in that folder. The last is white. */
const PATCHES = [
  [60, 60, 60],
  [128, 128, 128],
  [170, 120, 95],
  [60, 80, 160],
  [40, 120, 80],
  [255, 255, 255],
]

async function patchesOf(name: string, decoder: 'ffmpeg' | 'bundled'): Promise<number[][]> {
  const media = await openMedia({ path: path(name) }, { decoder })
  const [, frame] = await collect(media.frames({ all: true }))
  await media.close()
  return PATCHES.map((_, place) => colourAt(frame!, 32 * place + 16))
}

function colourAt({ width, data }: Frame, x: number): number[] {
  const at = (16 * width + x) * 3
  return [...data.subarray(at, at + 3)]
}

function furthest(seen: readonly (readonly number[])[], wanted: readonly (readonly number[])[]): number {
  return Math.max(
    ...seen.flatMap((patch, i) => patch.map((value, channel) => Math.abs(value - wanted[i]![channel]!))),
  )
}

describe.each(['ffmpeg', 'bundled'] as const)('colours by %s', (decoder) => {
  it.each(['bt2020.mp4', 'p3.mov'])('%s: wide colours become those of sRGB', async (name) => {
    expect(furthest(await patchesOf(name, decoder), PATCHES)).toBeLessThanOrEqual(5)
  })

  it.each(['hlg.mov', 'pq.mp4'])('%s: HDR as an ordinary screen shows it', async (name) => {
    const seen = await patchesOf(name, decoder)
    expect(furthest(seen.slice(0, -1), PATCHES)).toBeLessThanOrEqual(6)
    // what is brighter than ordinary white needs room above it
    const [red, green, blue] = seen.at(-1)!
    expect(Math.min(red!, green!, blue!)).toBeGreaterThan(215)
    expect(Math.max(red!, green!, blue!)).toBeLessThan(250)
    expect(Math.max(red!, green!, blue!) - Math.min(red!, green!, blue!)).toBeLessThanOrEqual(3)
  })
})

describe('what the bundled decoder cannot decode', () => {
  it('RGB video, whose planes it would mix up, is refused; ffmpeg reads it', async () => {
    expect(furthest(await patchesOf('rgb.mp4', 'ffmpeg'), PATCHES)).toBeLessThanOrEqual(3)
    await expect(patchesOf('rgb.mp4', 'bundled')).rejects.toMatchObject({ code: 'decoder_missing' })
  })

  it('a codec that is not built in is told as that, not as damage', async () => {
    await expect(patchesOf('prores.mov', 'bundled')).rejects.toMatchObject({ code: 'decoder_missing' })
  })
})
