import { execFileSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { openMedia, probeVideoDecoders } from '@unswap/detector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { collect, cornerColour, expectNumbers, lumaOf } from './numbered-frames.ts'

const BACK_ENDS = ['ffmpeg', 'bundled'] as const
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../../../../testdata/video/formats/${name}`, import.meta.url))

let folder: string
let temporary: string
const made = (name: string) => join(folder, name)
const ffmpeg = (...options: string[]) => execFileSync('ffmpeg', ['-v', 'error', '-y', ...options])

const code = async (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error) => error.code ?? error,
  )

async function decode(path: string, decoder: 'ffmpeg' | 'bundled') {
  const media = await openMedia({ path }, { decoder })
  try {
    const frames = await collect(media.frames({ count: 8 }))
    return { frames, media }
  } finally {
    await media.close()
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'media-test-'))
  temporary = made('temporary')
  await mkdir(temporary)
  process.env.TMPDIR = temporary
  // Full HD, so that a seek pays after few frames; frame n has luma 40 + n.
  const numbered =
    "nullsrc=s=16x16:r=30:d=5,format=yuv420p,geq=lum='40+N':cb=128:cr=128,scale=1920:1080:flags=neighbor"
  const x264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-crf', '8', '-pix_fmt', 'yuv420p', '-bf', '2']
  ffmpeg('-f', 'lavfi', '-i', numbered, ...x264, '-g', '10', made('large.mp4'))
  ffmpeg('-i', made('large.mp4'), '-c', 'copy', made('large.mkv'))
  ffmpeg('-i', fixture('gop-12.mp4'), '-c:v', 'mpeg4', '-q:v', '1', '-bf', '2', made('part-2.avi'))
  ffmpeg('-f', 'lavfi', '-i', 'sine=d=1', '-c:a', 'aac', made('sound.mp4'))
  ffmpeg('-f', 'lavfi', '-i', 'color=c=red:s=16x16:r=10:d=1', '-c:v', 'mjpeg', made('motion-jpeg.mov'))
  const fragmented = ['-movflags', '+empty_moov+frag_keyframe']
  ffmpeg('-i', fixture('gop-12.mp4'), '-c', 'copy', ...fragmented, made('fragmented.mp4'))
  const bytes = await readFile(made('fragmented.mp4'))
  await writeFile(made('no-frames.mp4'), bytes.subarray(0, bytes.indexOf('moof') - 4))
})

afterAll(() => rm(folder, { recursive: true }))

it('both decoders are installed where these tests run', async () => {
  expect(await probeVideoDecoders()).toEqual({ ffmpeg: expect.any(String), bundled: true, remedy: null })
})

describe.each(BACK_ENDS)('bad video by %s', (decoder) => {
  it('without a video stream', async () => {
    expect(await code(decode(made('sound.mp4'), decoder))).toBe('media_no_video')
  })

  it('without frames', async () => {
    expect(await code(decode(made('no-frames.mp4'), decoder))).toBe('media_no_frames')
  })

  it('whose table of contents is missing', async () => {
    const bytes = await readFile(made('large.mp4'))
    const cut = { bytes: bytes.subarray(0, bytes.length / 2) }
    expect(await code(openMedia(cut, { decoder }))).toBe('media_unreadable')
    expect(await readdir(temporary)).toEqual([])
  })

  it.each([...Array(9).keys()])(
    'cut off after %i tenths and one: what is there, marked as partly decoded',
    async (tenth) => {
      const bytes = await readFile(fixture('gop-12.mp4'))
      const path = made(`cut-${decoder}-${tenth}.mp4`)
      await writeFile(path, bytes.subarray(0, Math.floor((bytes.length * (tenth + 1)) / 10)))
      const result = await decode(path, decoder).catch((error) => error)
      if (result instanceof Error) {
        expect(['media_unreadable', 'media_no_frames']).toContain((result as Error & { code: string }).code)
        expect(tenth).toBeLessThan(7)
      } else {
        expect(result.media.notes).toEqual(['partly_decoded'])
        expect(result.frames.length).toBeGreaterThan(0)
      }
    },
  )

  it('a stream on which the codec gives up, at whatever moment: a code', async () => {
    const bytes = (await readFile(fixture('rotated-180.mov'))).fill(0, 339, 1669)
    for (let turn = 0; turn < 4; turn++) {
      const media = await openMedia({ bytes }, { decoder })
      const ended = await collect(media.frames({ count: 3 })).then(
        () => 'frames',
        (error) => error.code,
      )
      await media.close()
      expect(['frames', 'media_unreadable']).toContain(ended)
    }
  })

  it('a table that claims thousands of millions of frames: no answer takes longer than the limit', async () => {
    const bytes = await readFile(fixture('gop-12.mp4'))
    const table = bytes.indexOf('ctts')
    bytes.writeUInt32BE(0xffffffff, table + 12)
    const opened = openMedia({ bytes }, { decoder, limits: { seconds: 3 } })
    // ffmpeg clips the claim and reads what is there.
    const ended = await opened.then(
      (media) => media.close().then(() => 'opened'),
      (error) => error.code,
    )
    expect(ended).toBe(decoder === 'bundled' ? 'limit_time' : 'opened')
    expect(await readdir(temporary)).toEqual([])
  })

  it('limits of duration, pixels and frames', async () => {
    const open = (limits: object) => openMedia({ path: fixture('gop-12.mp4') }, { decoder, limits })
    expect(await code(open({ durationSeconds: 1.4 }))).toBe('limit_duration')
    expect(await code(open({ pixels: 64 * 48 - 1 }))).toBe('limit_pixels')
    const media = await open({ frames: 10, pixels: 64 * 48, durationSeconds: 1.5 })
    expect(await code(media.frames({ all: true }).next())).toBe('limit_frames')
    expect(await collect(media.frames({ count: 10 }))).toHaveLength(10)
    await media.close()
  })

  it.each(['large.mp4', 'large.mkv'])('%s: seeking gives the very frames', async (name) => {
    const media = await openMedia({ path: made(name) }, { decoder })
    const frames = await collect(media.frames({ count: 4 }))
    await media.close()
    expect(frames.map(({ seconds }) => Math.round(seconds * 30))).toEqual([18, 56, 93, 131])
    const shown = frames.map((frame) => Math.round(lumaOf(cornerColour(frame, 'top left'))) - 40)
    expect(shown).toEqual([18, 56, 93, 131])
  })

  it('cancelling stops the decoder at once and leaves nothing behind', async () => {
    const cancelling = new AbortController()
    const source = { bytes: await readFile(made('large.mp4')) }
    const media = await openMedia(source, { decoder, signal: cancelling.signal })
    const frames = media.frames({ all: true })
    await frames.next()
    cancelling.abort()
    expect(await code(frames.next())).toBe('cancelled')
    expect(children()).not.toContain('ffmpeg')
    await media.close()
    expect(await readdir(temporary)).toEqual([])
  })

  it('leaving the loop stops the decoder; closing removes the temporary file', async () => {
    const media = await openMedia({ bytes: await readFile(made('large.mp4')) }, { decoder })
    for await (const { index } of media.frames({ all: true })) if (index === 1) break
    expect(children()).not.toContain('ffmpeg')
    await media.close()
    expect(await readdir(temporary)).toEqual([])
  })

  it('a slow consumer holds few frames', async () => {
    const media = await openMedia({ path: made('large.mp4') }, { decoder })
    const frameBytes = 1920 * 1080 * 3
    const before = process.memoryUsage()
    let most = { rss: 0, arrayBuffers: 0 }
    for await (const frame of media.frames({ all: true })) {
      await sleep(20)
      const { rss, arrayBuffers } = process.memoryUsage()
      most = { rss: Math.max(most.rss, rss), arrayBuffers: Math.max(most.arrayBuffers, arrayBuffers) }
      if (frame.index === 30) break
    }
    await media.close()
    expect((most.arrayBuffers - before.arrayBuffers) / frameBytes).toBeLessThan(45)
    // A decoder that ran ahead would hold all 150, 450 MB even before their conversion.
    expect(most.rss - before.rss).toBeLessThan(400e6)
  })
})

describe('ffmpeg alone', () => {
  it('AVI, whose frames have numbers instead of times', async () => {
    const media = await openMedia({ path: made('part-2.avi') }, { decoder: 'ffmpeg' })
    expect(media.info).toMatchObject({ format: 'avi', codec: 'mpeg4', frameCount: 45, frameRate: 30 })
    const all = await collect(media.frames({ all: true }))
    expectNumbers(
      all.map((frame) => (lumaOf(cornerColour(frame, 'top left')) - 40) / 3),
      all.map((frame) => frame.seconds * 30),
    )
    const chosen = await collect(media.frames({ count: 9 }))
    expect(chosen.map(({ seconds }) => Math.round(seconds * 30))).toEqual([2, 7, 12, 17, 22, 27, 32, 37, 42])
    for (const frame of chosen) expect(frame.data).toEqual(all[Math.round(frame.seconds * 30)]!.data)
    await media.close()
  })

  it.each(['part-2.avi', 'motion-jpeg.mov'])('%s: the bundled decoder says what to install', async (name) => {
    const error = await openMedia({ path: made(name) }, { decoder: 'bundled' }).catch((thrown) => thrown)
    expect(error).toMatchObject({
      code: 'decoder_missing',
      message: expect.stringContaining('Install ffmpeg'),
    })
  })
})

describe('paths', () => {
  it.each(['-i weird.mp4', 'concat:a|b.mp4', 'with\nnewline 🎭.mp4', "quote's %d.mp4", 'wrong.png'])(
    '%j',
    async (name) => {
      await copyFile(fixture('gop-12.mp4'), made(name))
      for (const decoder of BACK_ENDS) expect((await decode(made(name), decoder)).frames).toHaveLength(8)
    },
  )

  it('missing, a folder, empty, sparse and huge', async () => {
    expect(await code(openMedia({ path: made('absent.mp4') }))).toBe('media_not_found')
    expect(await code(openMedia({ path: folder }))).toBe('media_unreadable')
    await writeFile(made('empty.mp4'), '')
    expect(await code(openMedia({ path: made('empty.mp4') }))).toBe('media_empty')
    await writeFile(made('sparse.mp4'), '')
    await truncate(made('sparse.mp4'), 4 * 1024 ** 3)
    expect(await code(openMedia({ path: made('sparse.mp4') }))).toBe('limit_bytes')
    const limits = { bytes: 5 * 1024 ** 3 }
    expect(await code(openMedia({ path: made('sparse.mp4') }, { limits }))).toBe('media_unsupported')
  })
})

/** Names of the processes that this one has started and that still run. */
function children(): string {
  return execFileSync('ps', ['--ppid', String(process.pid), '-o', 'comm=']).toString()
}
