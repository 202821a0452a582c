import { execFileSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openMedia } from '@unswap/detector'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { collect, cornerColour, lumaOf } from './numbered-frames.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'containers-'))
})
afterAll(() => rm(folder, { recursive: true }))

const FIXTURE = fileURLToPath(new URL('../../../../../testdata/video/formats/gop-12.mp4', import.meta.url))

/** How ffmpeg writes each container. MXF and MPEG know only some sizes and rates. */
const WRITING: Readonly<Record<string, readonly string[]>> = {
  ts: ['-c:v', 'copy', '-f', 'mpegts'],
  mpg: ['-c:v', 'mpeg2video', '-q:v', '2', '-f', 'mpeg'],
  flv: ['-c:v', 'flv', '-q:v', '2', '-f', 'flv'],
  wmv: ['-c:v', 'wmv2', '-q:v', '2', '-f', 'asf'],
  ogv: ['-c:v', 'libtheora', '-q:v', '10', '-f', 'ogg'],
  mxf: ['-c:v', 'mpeg2video', '-q:v', '2', '-f', 'mxf'],
}

function write(format: string): string {
  const path = join(folder, `film.${format}`)
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', FIXTURE, '-an', ...WRITING[format]!, path])
  return path
}

it.each(Object.keys(WRITING))('%s: every frame, at its time', async (format) => {
  const media = await openMedia({ path: write(format) }, { decoder: 'ffmpeg' })
  const frames = await collect(media.frames({ all: true }))
  const chosen = await collect(media.frames({ count: 3 }))
  await media.close()
  expect(media.info).toMatchObject({ format, kind: 'video', width: 64, height: 48 })
  expect(media.notes).toEqual([])
  const shown = frames.map((frame) => Math.round((lumaOf(cornerColour(frame, 'top left')) - 40) / 3))
  expect(shown.length).toBeGreaterThanOrEqual(44)
  for (const [order, frame] of frames.entries()) {
    expect(Math.abs(shown[order]! - order)).toBeLessThanOrEqual(1)
    expect(frame.seconds).toBeCloseTo(order / 30, 1)
  }
  expect(chosen.map(({ data }) => frames.findIndex((frame) => Buffer.from(frame.data).equals(data)))).toEqual(
    chosen.map(({ seconds }) => Math.round(seconds * 30)),
  )
})

it.each(Object.keys(WRITING))(
  '%s without ffmpeg: the message has a command that converts it',
  async (format) => {
    const opening = openMedia({ path: write(format) }, { decoder: 'bundled' })
    await expect(opening).rejects.toMatchObject({
      code: 'decoder_missing',
      message: expect.stringContaining(`ffmpeg -i video.${format}`),
    })
  },
)
