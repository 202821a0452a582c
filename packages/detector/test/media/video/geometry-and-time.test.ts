import { execFileSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openMedia } from '@unswap/detector'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Corner, collect, cornerColour, expectNumbers, lumaOf } from './numbered-frames.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'geometry-'))
})
afterAll(() => rm(folder, { recursive: true }))

const FIXTURE = new URL('../../../../../testdata/video/formats/gop-12.mp4', import.meta.url)
const numbers = Array.from({ length: 45 }, (_, n) => n)

/** The fixture with another display matrix in its track header (ISO/IEC 14496-12, 8.3.2). */
async function withMatrix(name: string, [a, b, c, d]: readonly number[]): Promise<string> {
  const bytes = await readFile(FIXTURE)
  const at = bytes.indexOf('tkhd') + 44
  for (const [place, value] of [
    [0, a],
    [4, b],
    [12, c],
    [16, d],
  ] as const) {
    bytes.writeInt32BE(value! * 65_536, at + place)
  }
  const path = join(folder, `${name}.mp4`)
  await writeFile(path, bytes)
  return path
}

describe.each(['ffmpeg', 'bundled'] as const)('video by %s', (decoder) => {
  it.each<[name: string, matrix: readonly number[], corner: Corner, tall: boolean]>([
    ['mirrored', [-1, 0, 0, 1], 'top right', false],
    ['upside down and mirrored', [1, 0, 0, -1], 'bottom left', false],
    ['transposed', [0, 1, 1, 0], 'top left', true],
    ['transposed the other way', [0, -1, -1, 0], 'bottom right', true],
    ['turned', [0, 1, -1, 0], 'top right', true],
  ])('%s by its display matrix', async (name, matrix, corner, tall) => {
    const media = await openMedia({ path: await withMatrix(name, matrix) }, { decoder })
    const frames = await collect(media.frames({ all: true }))
    await media.close()
    expect(media.info.height > media.info.width).toBe(tall)
    expectNumbers(
      frames.map((frame) => (lumaOf(cornerColour(frame, corner)) - 40) / 3),
      numbers,
    )
  })

  it('times count from the start of the file, as players show them', async () => {
    const path = join(folder, 'late.mp4')
    const sound = ['-f', 'lavfi', '-i', 'sine=d=4']
    const late = ['-itsoffset', '2', '-i', FIXTURE.pathname, '-map', '1:v', '-map', '0:a', '-c:v', 'copy']
    execFileSync('ffmpeg', ['-v', 'error', '-y', ...sound, ...late, '-c:a', 'aac', path])
    const media = await openMedia({ path }, { decoder })
    const frames = await collect(media.frames({ count: 5 }))
    const around = { first: { count: 5 }, around: [{ seconds: frames[2]!.seconds, frames: 2 }] }
    const more = await collect(media.frames(around))
    await media.close()
    expect(media.info.durationSeconds).toBeCloseTo(3.5, 1)
    const shown = [4, 13, 22, 31, 40].map((number) => 2 + number / 30)
    for (const [order, { seconds }] of frames.entries()) expect(seconds).toBeCloseTo(shown[order]!, 1)
    expect(more.map(({ seconds }) => Math.round((seconds - 2) * 30))).toEqual([4, 13, 18, 22, 26, 31, 40])
  })
})
