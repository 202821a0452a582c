import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { onTestFinished } from 'vitest'
import type { CropRow } from '../../src/index.ts'
import { PREPARED } from '../../src/preprocess/crop-row.ts'

/** Side of a stored crop. */
export const SIDE = 288

export type Colour = readonly [number, number, number]

/** What a test says of a crop; `paint` gives 0..255 at pixel x, y. */
export interface CropOf extends Partial<CropRow> {
  readonly label: 'real' | 'fake'
  readonly paint: (x: number, y: number) => Colour
}

export const bytesOf = (paint: CropOf['paint'], side = SIDE): Uint8Array =>
  Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const at = Math.floor(i / 3)
    return paint(at % side, Math.floor(at / side))[i % 3]!
  })

/** A prepared folder with one video per crop; it goes when the test ends. */
export async function preparedFolder(crops: readonly CropOf[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-crops-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const jpegs = await Promise.all(
    crops.map(({ paint }) =>
      sharp(bytesOf(paint), { raw: { width: SIDE, height: SIDE, channels: 3 } })
        .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
        .toBuffer(),
    ),
  )
  let offset = 0
  const rows = crops.map(({ paint: _, ...known }, row): CropRow => {
    const bytes = jpegs[row]!.length
    offset += bytes
    return {
      version: PREPARED,
      shard: 'shard-0000',
      row,
      offset: offset - bytes,
      bytes,
      size: SIDE,
      margin: 1.6,
      source: 'test',
      path: `${row}.mp4`,
      video: `${row}`,
      identity: `${row}`,
      identities: [`${row}`],
      split: 'test',
      family: null,
      method: null,
      compression: null,
      seconds: 0,
      quality: { side: SIDE, presence: 1, detectionScore: 1 },
      media: { width: 640, height: 480, bytes: 1e6, durationSeconds: 10 },
      hash: createHash('sha256').update(`${row}`).digest('hex'),
      ...known,
    }
  })
  await writeFile(join(folder, 'shard-0000.jpg.bin'), Buffer.concat(jpegs))
  await writeFile(join(folder, 'index.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  return folder
}
