import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openMedia, probeVideoDecoders } from '@unswap/detector'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { abilitiesOf } from '../../../src/media/video/ffmpeg/filter-chain.ts'
import { collect, combing, cornerColour, expectNumbers, lumaOf, psnr } from './numbered-frames.ts'

const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../../../testdata/video/formats/${name}`, import.meta.url))

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'old-ffmpeg-test-'))
  const real = execFileSync('sh', ['-c', 'command -v ffmpeg'], { encoding: 'utf8' }).trim()
  const old = [
    '#!/bin/sh',
    `[ "$2" = -version ] && echo 'ffmpeg version 4.3.7' && exit`,
    `case "$*" in *estdif*|*fps_mode*|*checksum*) exit 1; esac`,
    `exec ${real} "$@"`,
  ]
  await writeFile(join(folder, 'ffmpeg'), old.join('\n'), { mode: 0o755 })
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`)
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true })
})

it('what it lacks is told by its version', async () => {
  expect(await probeVideoDecoders()).toMatchObject({ ffmpeg: '4.3.7' })
  const known = (version: string | null) => Object.values(abilitiesOf(version))
  expect(known('4.3.7-0+deb11u1')).toEqual([false, false])
  expect(known('4.4.2-0ubuntu0.22.04.1')).toEqual([false, true])
  expect(known('5.1.9-0+deb12u1')).toEqual([true, true])
  expect(known('n7.1')).toEqual([true, true])
  expect(known('N-109468-gd39b34123d')).toEqual([true, true])
  expect(known(null)).toEqual([true, true])
})

it.each([
  ['gop-12.mp4', 45, 1],
  ['interlaced-top.mp4', 22, 2],
] as const)('%s: every frame, and of two moments in one the first', async (name, count, step) => {
  const media = await openMedia({ path: fixture(name) }, { decoder: 'ffmpeg' })
  const frames = await collect(media.frames({ all: true }))
  await media.close()
  const shown = frames.map((frame) => (lumaOf(cornerColour(frame, 'top left')) - 40) / 3)
  expectNumbers(
    shown,
    Array.from({ length: count }, (_, n) => n * step),
  )
  for (const frame of frames) {
    expect(frame).toMatchObject({ width: 64, height: 48 })
    expect(combing(frame)).toBeLessThan(1.5)
  }
})

it('a stream that does not say whether it is interlaced keeps all of its lines', async () => {
  const path = join(folder, 'part-2.avi')
  execFileSync('ffmpeg', ['-v', 'error', '-i', fixture('gop-12.mp4'), '-c:v', 'mpeg4', '-q:v', '1', path])
  const order = ['-show_entries', 'stream=field_order', '-of', 'csv=p=0']
  expect(execFileSync('ffprobe', ['-v', 'error', ...order, path], { encoding: 'utf8' })).not.toContain('prog')
  const decode = async (of: string) => {
    const media = await openMedia({ path: of }, { decoder: 'ffmpeg' })
    const frames = await collect(media.frames({ count: 3 }))
    await media.close()
    return frames
  }
  const whole = await decode(fixture('gop-12.mp4'))
  const quality = (await decode(path)).map(({ data }, at) => psnr(data, whole[at]!.data))
  // 47, and 36 with half of the lines
  expect(Math.min(...quality)).toBeGreaterThan(42)
})
