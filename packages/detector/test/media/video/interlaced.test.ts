import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sampling } from '@unswap/contract'
import { type Frame, openMedia } from '@unswap/detector'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collect, combing, cornerColour, expectNumbers, lumaOf } from './numbered-frames.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../../../testdata/video/formats/${name}`, import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'interlaced-test-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function decode(path: string, sampling: Sampling = { all: true }) {
  const media = await openMedia({ path }, { decoder: 'ffmpeg' })
  try {
    const frames = await collect(media.frames(sampling))
    expect(media.notes).toEqual([])
    return frames
  } finally {
    await media.close()
  }
}

/** Source frames by the square in the top left corner. */
const numbersOf = (frames: readonly Frame[]) =>
  frames.map((frame) => (lumaOf(cornerColour(frame, 'top left')) - 40) / 3)

const firstFields = Array.from({ length: 22 }, (_, n) => 2 * n)

it.each(['interlaced-top.mp4', 'interlaced-bottom.mkv'])(
  '%s: each frame shows the first of its two moments alone',
  async (name) => {
    const frames = await decode(fixture(name))
    expectNumbers(numbersOf(frames), firstFields)
    for (const [order, frame] of frames.entries()) {
      expect(frame.index).toBe(order)
      expect(Math.abs(frame.seconds - order / 15)).toBeLessThanOrEqual(0.001)
      expect(combing(frame)).toBeLessThan(1.5)
    }
  },
)

it('chosen frames are the same as among all frames, the last one too', async () => {
  const all = await decode(fixture('interlaced-top.mp4'))
  for (const sampling of [{ count: 1 }, { count: 5 }, { fps: 3 }, { count: 21 }]) {
    for (const frame of await decode(fixture('interlaced-top.mp4'), sampling)) {
      expect(frame.data).toEqual(all[Math.round(frame.seconds * 15)]!.data)
    }
  }
})

it('a stream that does not say so, of frames that do', async () => {
  const path = join(folder, 'part-2.avi')
  const codec = ['-c:v', 'mpeg4', '-flags', '+ilme+ildct', '-q:v', '1']
  execFileSync('ffmpeg', ['-v', 'error', '-i', fixture('interlaced-top.mp4'), ...codec, path])
  const frames = await decode(path)
  expectNumbers(numbersOf(frames), firstFields)
  for (const frame of frames) expect(combing(frame)).toBeLessThan(1.5)
})

it('frames that are not marked stay as they are, though the stream is', async () => {
  const path = join(folder, 'marked.mov')
  const codec = ['-c:v', 'mjpeg', '-q:v', '1', '-field_order', 'tt']
  execFileSync('ffmpeg', ['-v', 'error', '-i', fixture('gop-12.mp4'), ...codec, path])
  expect(numbersOf(await decode(path, { count: 3 })).map(Math.round)).toEqual([7, 22, 37])
  const marks = ['-show_entries', 'stream=field_order:frame=interlaced_frame', '-read_intervals', '%+#1']
  const marked = execFileSync('ffprobe', ['-v', 'error', ...marks, '-of', 'csv=p=0', path], {
    encoding: 'utf8',
  })
  expect(marked.split(/\s+/).slice(0, 2)).toEqual(['0', 'tt'])
})
