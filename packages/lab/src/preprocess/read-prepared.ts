import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import Value from 'typebox/value'
import { CropRow } from './crop-row.ts'
import { readShardPictures } from './shard.ts'

/** A folder that `preprocess` finished. */
export interface PreparedFolder {
  readonly folder: string
  readonly rows: readonly CropRow[]
}

/** Whether `preprocess` has begun in this folder; `readPrepared` asks whether it has finished. */
export async function isPrepared(folder: string): Promise<boolean> {
  const marks = ['settings.json', 'index.jsonl'].map((name) =>
    access(join(folder, name)).then(
      () => true,
      () => false,
    ),
  )
  return (await Promise.all(marks)).includes(true)
}

/** @throws UnswapError `bad_option` when the folder is not a finished one of this version */
export async function readPrepared(folder: string): Promise<PreparedFolder> {
  const text = await readFile(join(folder, 'index.jsonl'), 'utf8').catch(() => null)
  const rows = text?.split('\n').filter((line) => line !== '')
  if (rows === undefined || rows.length === 0) {
    throw new UnswapError(
      'bad_option',
      `${folder} holds no prepared crops: run \`unswap dataset preprocess\` to its end first.`,
    )
  }
  try {
    return { folder, rows: rows.map((line) => Value.Parse(CropRow, JSON.parse(line))) }
  } catch (cause) {
    throw new UnswapError('bad_option', `${folder} was prepared by another version: prepare it again.`, {
      cause,
    })
  }
}

/** The JPEG of every row, in order; one shard is in memory at a time. */
export async function* picturesOf(
  folder: string,
  rows: readonly CropRow[],
): AsyncGenerator<{ readonly row: CropRow; readonly jpeg: Uint8Array }, void, undefined> {
  for (const [shard, own] of Map.groupBy(rows, (row) => row.shard)) {
    const pictures = await readShardPictures(folder, shard)
    for (const row of own) yield { row, jpeg: pictures.subarray(row.offset, row.offset + row.bytes) }
  }
}
