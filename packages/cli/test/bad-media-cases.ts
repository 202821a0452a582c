import { copyFile, open, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { crc32, createDeflate } from 'node:zlib'
import type { ErrorCode } from '@unswap/contract'
import { execa } from 'execa'
import { testdata } from './run-command.ts'

/** A file that cannot be analysed, and the codes by which that may be told. */
export interface BadFile {
  readonly path: string
  readonly codes: readonly ErrorCode[]
}

const UNREADABLE = ['media_unreadable', 'media_no_frames', 'media_no_video', 'media_unsupported'] as const

/** Writes one file of every kind of bad input into `folder`. Needs ffmpeg. */
export async function writeBadMedia(folder: string): Promise<readonly BadFile[]> {
  const at = (name: string) => join(folder, name)
  const ffmpeg = (...args: string[]) => execa('ffmpeg', ['-v', 'error', '-nostdin', '-y', ...args])
  await Promise.all([
    writeFile(at('empty.jpg'), ''),
    writeFile(at('text.jpg'), 'This is no photograph.\n'),
    writeFile(at('noise.mp4'), Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251))),
    writeHugePng(at('huge.png')),
    writeSparse(at('sparse.mp4'), 4 * 1024 ** 3),
    copyFile(testdata('real/astronaut.png'), at('whole.png')),
    copyFile(testdata('real/grace_hopper.jpg'), at('whole.jpg')),
    ffmpeg('-f', 'lavfi', '-i', 'sine=duration=1', '-c:a', 'aac', at('sound.mp4')),
    ffmpeg('-f', 'lavfi', '-i', 'color=s=64x64', '-t', '0', '-c:v', 'mjpeg', at('no-frames.avi')),
    ffmpeg('-f', 'lavfi', '-i', 'testsrc=s=320x240:d=2', '-c:v', 'mpeg4', at('whole.mp4')),
  ])
  const truncated = await Promise.all(
    ['whole.jpg', 'whole.png', 'whole.mp4'].map((name) => truncateAtTenths(at(name))),
  )
  return [
    { path: at('empty.jpg'), codes: ['media_empty'] },
    { path: at('text.jpg'), codes: ['media_unsupported'] },
    { path: at('noise.mp4'), codes: ['media_unsupported'] },
    { path: at('huge.png'), codes: ['limit_pixels'] },
    { path: at('sparse.mp4'), codes: ['limit_bytes'] },
    { path: at('sound.mp4'), codes: ['media_no_video'] },
    { path: at('no-frames.avi'), codes: UNREADABLE },
    ...truncated.flat(),
  ]
}

/** The first tenth, the first two tenths, … of a file. */
async function truncateAtTenths(path: string): Promise<readonly BadFile[]> {
  const bytes = await readFile(path)
  return Promise.all(
    [1, 2, 3, 4, 5, 6, 7, 8, 9].map(async (tenths) => {
      const cut = path.replace('whole', `cut-${tenths}`)
      await writeFile(cut, bytes.subarray(0, Math.floor((bytes.length * tenths) / 10)))
      return { path: cut, codes: UNREADABLE }
    }),
  )
}

/** A file that claims to be an MP4 and is all holes: nothing is written to the disk for them. */
async function writeSparse(path: string, bytes: number): Promise<void> {
  const file = await open(path, 'w')
  await file.write(Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex'))
  await file.truncate(bytes)
  await file.close()
}

/** A valid picture of 50,000×50,000 pixels, one bit each: a few hundred kilobytes that decode to gigabytes of RGB. */
async function writeHugePng(path: string): Promise<void> {
  const side = 50_000
  const header = Buffer.alloc(13)
  header.writeUInt32BE(side, 0)
  header.writeUInt32BE(side, 4)
  header[8] = 1
  const row = Buffer.alloc(1 + side / 8)
  const rows = (function* () {
    for (let y = 0; y < side; y++) yield row
  })()
  const pixels = await buffer(Readable.from(rows).pipe(createDeflate({ level: 1 })))
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const end = Buffer.alloc(0)
  await writeFile(
    path,
    Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', pixels), chunk('IEND', end)]),
  )
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, check])
}
