import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toUnswapError, UnswapError } from '@unswap/contract'
import type { Dataset, Item } from '../datasets/item.ts'
import { splitByIdentity } from '../datasets/split.ts'
import { type CropRow, PREPARED } from './crop-row.ts'
import { type ExtractOptions, extractCrops, LARGEST, MARGIN } from './extract.ts'
import type { Failure } from './failure.ts'
import { refuseLeaks } from './leaks.ts'
import { lines, type Outcome, readShard, shardName, writeShard, writeWhole } from './shard.ts'

export interface PreprocessOptions extends Pick<ExtractOptions, 'finder' | 'signal'> {
  readonly frames?: number
  readonly facesPerFrame?: number
  /** Items at work at once. */
  readonly concurrency?: number
  /** Items per shard; what a kill can cost. */
  readonly shardItems?: number
  readonly onProgress?: (progress: PreprocessProgress) => void
}

export interface PreprocessProgress {
  readonly items: number
  readonly itemsTotal: number
  readonly crops: number
  /** Null until something was done in this run. */
  readonly secondsLeft: number | null
}

export interface Prepared {
  readonly crops: number
  readonly failures: readonly Failure[]
}

/**
 * Makes the trainer's crops of a data set in `folder`: shards, and `index.jsonl` with a line per crop. Started again
 * after a kill it goes on with the first missing shard and gives the same bytes. Items without a split get one by
 * identity. An item that cannot be read is listed in `failures.jsonl` and the rest goes on.
 * @throws UnswapError `bad_option` when the folder holds other settings or another data set, or when something is in
 * two splits; `cancelled`
 */
export async function preprocess(
  dataset: Dataset,
  folder: string,
  options: PreprocessOptions,
): Promise<Prepared> {
  const { items } = splitByIdentity(dataset)
  const { frames = 32, facesPerFrame = 1, shardItems = 16, concurrency = 2 } = options
  await mkdir(folder, { recursive: true })
  await claim(folder, {
    version: PREPARED,
    source: dataset.name,
    frames,
    facesPerFrame,
    shardItems,
    margin: MARGIN,
    size: LARGEST,
    items: digest(items),
  })

  const rows: CropRow[] = []
  const failures: Failure[] = []
  const clock = { started: performance.now(), done: 0 }
  for (let first = 0, index = 0; first < items.length; first += shardItems, index++) {
    const shard = shardName(index)
    const batch = items.slice(first, first + shardItems)
    if ((await readShard(folder, shard)) === null) {
      const outcomes = await mapOrdered(batch, concurrency, (item) =>
        outcomeOf(dataset.root, item, {
          finder: options.finder,
          frames,
          facesPerFrame,
          signal: options.signal,
        }),
      )
      await writeShard(folder, shard, dataset.name, outcomes)
      clock.done += batch.length
    }
    const written = (await readShard(folder, shard))!
    rows.push(...written.rows)
    failures.push(...written.failures)
    const reached = first + batch.length
    options.onProgress?.({
      items: reached,
      itemsTotal: items.length,
      crops: rows.length,
      secondsLeft: left(clock, items.length - reached),
    })
  }
  refuseLeaks(rows)
  await writeWhole(join(folder, 'failures.jsonl'), lines(failures))
  await writeWhole(join(folder, 'index.jsonl'), lines(rows))
  return { crops: rows.length, failures }
}

async function outcomeOf(root: string, item: Item, options: ExtractOptions): Promise<Outcome> {
  try {
    return { item, crops: await extractCrops(root, item, options) }
  } catch (thrown) {
    const { code, message, category } = toUnswapError(thrown)
    if (category !== 'media' && category !== 'limit') throw thrown
    return { item, failure: { path: item.path, code, message } }
  }
}

/** Writes the settings, or checks that they are what is there. */
async function claim(folder: string, settings: Readonly<Record<string, unknown>>): Promise<void> {
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

function left({ started, done }: { started: number; done: number }, items: number): number | null {
  return done === 0 ? null : ((performance.now() - started) / 1000 / done) * items
}

/** Results in the order of the items, `concurrency` at work at once. */
async function mapOrdered<T, R>(
  items: readonly T[],
  concurrency: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length)
  const queue = items.entries()
  const lane = async () => {
    for (const [i, item] of queue) results[i] = await work(item)
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return results
}
