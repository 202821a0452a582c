import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MediaSource } from '@unswap/detector'
import { openMedia } from '@unswap/detector'
import sharp from 'sharp'
import { describe, expect, it, onTestFinished } from 'vitest'
import { CROWDED } from '../../../../../fuzz/corpus/crowded-files.ts'

const MOST = 10_000

const ended = (source: MediaSource) =>
  openMedia(source).then(
    async (media) => {
      await media.close()
      return 'opened'
    },
    ({ code }) => code,
  )

describe.each(Object.entries(CROWDED))('%s', (format, make) => {
  it('of more parts than are looked at is refused before libvips sees it', async () => {
    expect(await ended({ bytes: make(MOST + 1) })).toBe('limit_frames')
    expect(await ended({ bytes: make(40_000) })).toBe('limit_frames')
  })

  it('of as many parts as are looked at is opened', async () => {
    expect(await ended({ bytes: make(MOST) })).toBe(format === 'jpeg' ? 'media_unreadable' : 'opened')
  })

  it('is counted on the disk as well', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parts-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const path = join(folder, `a.${format}`)
    await writeFile(path, make(MOST + 1))
    // Beyond what is held in memory.
    await truncate(path, 65 * 1024 ** 2)
    expect(await ended({ path })).toBe('limit_frames')
  })
})

it('segments behind stray bytes and marks without a length are counted', async () => {
  const jpeg = CROWDED.jpeg!(MOST + 1)
  const stray = Buffer.from('\xff\xd0 stray \xff\xff\xff\x01', 'latin1')
  const bytes = Buffer.concat([jpeg.subarray(0, 2), stray, jpeg.subarray(2)])
  expect(await ended({ bytes })).toBe('limit_frames')
})

it('directories of BigTIFF, with the highest byte first, are counted', async () => {
  const [count, next] = [Buffer.alloc(8), Buffer.alloc(8)]
  next.writeBigUInt64BE(16n)
  const loop = Buffer.concat([Buffer.from('MM\0+\0\x08\0\0', 'latin1'), next, count, next])
  expect(await ended({ bytes: loop })).toBe('limit_frames')
})

it('a real picture of many pages is opened', async () => {
  const pages = Array.from({ length: 30 }, (_, n) => ({
    create: { width: 8, height: 8, channels: 3 as const, background: { r: n, g: 0, b: 0 } },
  }))
  const album = sharp(await Promise.all(pages.map((page) => sharp(page).png().toBuffer())), {
    join: { animated: true },
  })
  for (const format of ['gif', 'webp', 'tiff'] as const) {
    expect(await ended({ bytes: await album.clone().toFormat(format).toBuffer() })).toBe('opened')
  }
})
