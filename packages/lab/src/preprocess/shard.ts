import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Item } from '../datasets/dataset-item.ts'
import { STORED_CROP } from './crop-geometry.ts'
import { type CropRow, PREPARED } from './crop-row.ts'
import type { Crop } from './extract-crops.ts'
import type { Failure } from './failure.ts'

/** What came of one item. */
export type Outcome = { readonly item: Item } & (
  | { readonly crops: readonly Crop[] }
  | { readonly failure: Failure }
)

export const shardName = (index: number): string => `shard-${String(index).padStart(4, '0')}`

/**
 * Writes a shard whole or not at all. Its rows are renamed into place last, so a shard that has them is complete. One
 * that was interrupted is written again, to the same bytes.
 */
export async function writeShard(
  folder: string,
  shard: string,
  source: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  const rows: CropRow[] = []
  const jpegs: Uint8Array[] = []
  const points: Uint8Array[] = []
  let offset = 0
  for (const outcome of outcomes) {
    if (!('crops' in outcome)) continue
    for (const crop of outcome.crops) {
      rows.push(rowOf(source, outcome.item, crop, { shard, row: rows.length, offset }))
      jpegs.push(crop.jpeg)
      points.push(crop.points)
      offset += crop.jpeg.byteLength
    }
  }
  const failures = outcomes.flatMap((outcome) => ('failure' in outcome ? [outcome.failure] : []))
  await writeFile(join(folder, `${shard}.jpg.bin`), Buffer.concat(jpegs))
  await writeFile(join(folder, `${shard}.points.bin`), Buffer.concat(points))
  await writeFile(join(folder, `${shard}.failures.jsonl`), lines(failures))
  await writeWhole(join(folder, `${shard}.jsonl`), lines(rows))
}

/** The rows and failures of a complete shard, or null when it must be written (again). */
export async function readShard(
  folder: string,
  shard: string,
): Promise<{ rows: CropRow[]; failures: Failure[] } | null> {
  const rows = await readFile(join(folder, `${shard}.jsonl`), 'utf8').catch(() => null)
  if (rows === null) return null
  const failures = await readFile(join(folder, `${shard}.failures.jsonl`), 'utf8')
  return { rows: parsed(rows), failures: parsed(failures) }
}

/** All pictures of a shard, one after the other. */
export const readShardPictures = (folder: string, shard: string): Promise<Uint8Array> =>
  readFile(join(folder, `${shard}.jpg.bin`))

/** Writes beside the file, then renames: a reader sees the old bytes or the new, never a part. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.part`, text)
  await rename(`${path}.part`, path)
}

export const lines = (values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')

function parsed<T>(text: string): T[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)
}

function rowOf(
  source: string,
  item: Item,
  { jpeg, facts }: Crop,
  place: Pick<CropRow, 'shard' | 'row' | 'offset'>,
): CropRow {
  return {
    version: PREPARED,
    ...place,
    bytes: jpeg.byteLength,
    size: facts.size,
    margin: STORED_CROP.margin,
    source,
    path: item.path,
    video: item.video,
    identity: item.identities[0] ?? item.video,
    identities: [...item.identities],
    split: item.split ?? 'train',
    label: item.label,
    family: item.family,
    method: item.method,
    compression: item.compression,
    ...(item.traits ? { traits: { ...item.traits } } : {}),
    seconds: facts.seconds,
    quality: facts.quality,
    media: facts.media,
    hash: facts.hash,
  }
}
