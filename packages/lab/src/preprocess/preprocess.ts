import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { toUnswapError, UnswapError } from '@unswap/contract'
import pMap from 'p-map'
import type { Dataset, Item } from '../datasets/dataset-item.ts'
import { splitByIdentity } from '../datasets/split-by-identity.ts'
import { PREPROCESS_DEFAULTS } from '../lab-vocabulary.ts'
import { STORED_CROP } from './crop-geometry.ts'
import { PREPARED } from './crop-row.ts'
import { type ExtractPool, openExtractPool } from './extract-pool.ts'
import type { Failure } from './failure.ts'
import { findLeaks, findNamedLeaks, type Leak, refuseLeaks, withoutLeaks } from './find-leaks.ts'
import { lines, type Outcome, readShard, shardName, writeShard, writeWhole } from './shard.ts'

/** Two, since the last items of one shard would leave processes idle. */
const SHARDS_AT_WORK = 2

export interface PreprocessOptions {
  /** Folder of the face networks. */
  readonly modelsDir: string
  /** These three: `PREPROCESS_DEFAULTS` where left out. */
  readonly frames?: number
  readonly facesPerFrame?: number
  readonly shardItems?: number
  /** Processes, each with its own networks on one core: one per processor by default. */
  readonly concurrency?: number
  /**
   * What to do with media that are in two splits. `refuse` by default. `drop` leaves them out of the lesser split (train,
   * then val). `ignore` is for media that will never be trained on.
   */
  readonly leaks?: 'refuse' | 'drop' | 'ignore'
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: PreprocessProgress) => void
}

export interface PreprocessProgress {
  readonly items: number
  readonly itemsTotal: number
  /** Crops found in this run. */
  readonly crops: number
  /** Null until something was done in this run. */
  readonly secondsLeft: number | null
}

export interface Prepared {
  readonly crops: number
  readonly failures: readonly Failure[]
  /** What was in two splits, also in `leaks.jsonl`; empty with `ignore`. */
  readonly leaks: readonly Leak[]
}

/**
 * Makes the trainer's crops of a data set in `folder`: shards, and `index.jsonl` with a line per crop. Started again
 * after a kill it goes on with the first missing shard and gives the same bytes. Items without a split get one by
 * identity. An item that cannot be read is listed in `failures.jsonl` and the rest goes on.
 * @throws UnswapError `bad_option` when the folder holds other settings or another data set, or when something is in
 * two splits; `cancelled`; as `openFaces` does
 */
export async function preprocess(
  dataset: Dataset,
  folder: string,
  options: PreprocessOptions,
): Promise<Prepared> {
  const { items } = splitByIdentity(dataset)
  const { frames, facesPerFrame, shardItems } = { ...PREPROCESS_DEFAULTS, ...options }
  const { concurrency = availableParallelism(), leaks: remedy = 'refuse' } = options
  if (remedy === 'refuse') refuseLeaks(findNamedLeaks(items.map((item) => placed(dataset.name, item))))
  await mkdir(folder, { recursive: true })
  await keepSettings(folder, {
    version: PREPARED,
    source: dataset.name,
    frames,
    facesPerFrame,
    shardItems,
    margin: STORED_CROP.margin,
    size: STORED_CROP.size,
    items: digest(items),
  })
  const shards = shardsOf(items, shardItems)
  const readAll = () => Promise.all(shards.map(({ name }) => readShard(folder, name)))
  const there = await readAll()
  const missing = shards.filter((_, i) => there[i] === null)
  if (missing.length > 0) {
    const setup = { modelsDir: options.modelsDir, root: dataset.root, frames, facesPerFrame }
    const pool = openExtractPool(concurrency, setup)
    const tell = progressCounter(items.length, missing, options.onProgress)
    const close = () => void pool.close()
    options.signal?.addEventListener('abort', close)
    try {
      const write = async (shard: Shard) => {
        if (options.signal?.aborted) throw new UnswapError('cancelled', 'Preprocessing was stopped.')
        const outcomes = await Promise.all(shard.items.map((item) => outcomeOf(pool, item, tell)))
        await writeShard(folder, shard.name, dataset.name, outcomes)
      }
      await pMap(missing, write, { concurrency: SHARDS_AT_WORK })
    } finally {
      options.signal?.removeEventListener('abort', close)
      await pool.close()
    }
  }
  const written = (await readAll()).map((shard) => shard!)
  const found = written.flatMap((shard) => shard.rows)
  const failures = written.flatMap((shard) => shard.failures)
  const leaks = remedy === 'ignore' ? [] : findLeaks(found)
  if (leaks.length > 0) await writeWhole(join(folder, 'leaks.jsonl'), lines(leaks))
  if (remedy === 'refuse') refuseLeaks(leaks)
  const rows = withoutLeaks(found, leaks)
  await writeWhole(join(folder, 'failures.jsonl'), lines(failures))
  await writeWhole(join(folder, 'index.jsonl'), lines(rows))
  return { crops: rows.length, failures, leaks }
}

const placed = (source: string, { path, video, identities, split }: Item) => ({
  ...{ source, path, video, identities: [...identities], split: split ?? 'train' },
})

interface Shard {
  readonly name: string
  readonly items: readonly Item[]
}

function shardsOf(items: readonly Item[], size: number): Shard[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, at) => ({
    name: shardName(at),
    items: items.slice(at * size, (at + 1) * size),
  }))
}

async function outcomeOf(pool: ExtractPool, item: Item, tell: (crops: number) => void): Promise<Outcome> {
  try {
    const crops = await pool.extract(item)
    tell(crops.length)
    return { item, crops }
  } catch (thrown) {
    const { code, message, category } = toUnswapError(thrown)
    if (category !== 'media' && category !== 'limit') throw thrown
    tell(0)
    return { item, failure: { path: item.path, code, message } }
  }
}

/** Counts what is done; the time left follows the pace of this run. */
function progressCounter(
  itemsTotal: number,
  missing: readonly Shard[],
  onProgress: PreprocessOptions['onProgress'],
): (crops: number) => void {
  const started = performance.now()
  const toDo = missing.reduce((sum, { items }) => sum + items.length, 0)
  let [done, crops] = [0, 0]
  const tell = () => {
    const secondsLeft = done === 0 ? null : ((performance.now() - started) / 1000 / done) * (toDo - done)
    onProgress?.({ items: itemsTotal - toDo + done, itemsTotal, crops, secondsLeft })
  }
  tell()
  return (found) => {
    done++
    crops += found
    tell()
  }
}

/** Writes the settings, or checks that they are what is there. */
async function keepSettings(folder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
  const path = join(folder, 'settings.json')
  const text = `${JSON.stringify(settings, null, 2)}\n`
  const there = await readFile(path, 'utf8').catch(() => null)
  if (there === text) return
  if (there !== null) {
    throw new UnswapError(
      'bad_option',
      `${folder} was prepared with other settings or another data set: name an empty folder.`,
    )
  }
  await writeWhole(path, text)
}

const digest = (items: readonly Item[]) => createHash('sha256').update(JSON.stringify(items)).digest('hex')
