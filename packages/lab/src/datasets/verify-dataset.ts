import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { TRAITS, type Trait } from '../lab-vocabulary.ts'
import type { Dataset, Item } from './dataset-item.ts'

/** What a data set holds and what it lacks. */
export interface Inventory {
  readonly name: string
  readonly items: number
  /** How many items there are of each label, method, split, compression and trait. */
  readonly counts: Readonly<
    Record<'label' | 'method' | 'split' | 'compression' | Trait, Readonly<Record<string, number>>>
  >
  /** Named by the data set's own lists, but not there. */
  readonly missing: readonly string[]
  /** Files of 0 bytes. */
  readonly empty: readonly string[]
  /** Fakes whose identities have no real video here, so that they cannot be paired. */
  readonly unpaired: readonly string[]
}

/** Asks for the size of every file, opens none. */
export async function verifyDataset(dataset: Dataset): Promise<Inventory> {
  const sizes = await Promise.all(
    dataset.items.map(async ({ path, kind }) => {
      const { size } = await stat(join(dataset.root, path))
      return kind === 'frames' || size > 0
    }),
  )
  const real = new Set(
    dataset.items.filter(({ label }) => label === 'real').flatMap(({ identities }) => identities),
  )
  return {
    name: dataset.name,
    items: dataset.items.length,
    counts: {
      label: countBy(dataset.items, ({ label }) => label),
      method: countBy(dataset.items, ({ label, method }) =>
        label === 'real' ? null : (method ?? 'unknown'),
      ),
      split: countBy(dataset.items, ({ split }) => split ?? 'none'),
      compression: countBy(dataset.items, ({ compression }) => compression),
      ...(Object.fromEntries(
        TRAITS.map((trait) => [trait, countBy(dataset.items, ({ traits }) => traits?.[trait] ?? null)]),
      ) as Record<Trait, Record<string, number>>),
    },
    missing: dataset.missing,
    empty: dataset.items.filter((_, i) => !sizes[i]).map(({ path }) => path),
    unpaired: dataset.items
      .filter(
        ({ label, identities }) => label === 'fake' && identities.length > 0 && !real.has(identities[0]!),
      )
      .map(({ path }) => path),
  }
}

function countBy(items: readonly Item[], key: (item: Item) => string | null): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const item of items) {
    const name = key(item)
    if (name !== null) counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
