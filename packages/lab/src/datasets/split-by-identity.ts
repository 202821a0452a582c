import { createHash } from 'node:crypto'
import type { Split } from '../lab-vocabulary.ts'
import type { Dataset, Item } from './dataset-item.ts'

export interface SplitShares {
  readonly val: number
  readonly test: number
}

/**
 * Gives every item without a split one, such that items which share an identity or a video, directly or through others,
 * are together. Where some of them had a split already, all follow it. Chosen by a hash of the names, so adding
 * videos moves no others between unconnected groups.
 */
export function splitByIdentity(
  dataset: Dataset,
  { val, test }: SplitShares = { val: 0.1, test: 0.1 },
): Dataset {
  const groups = connected(dataset.items)
  const items = groups.flatMap((group) => {
    const given = group.find(({ split }) => split !== null)?.split
    const split = given ?? drawn(group, val, test)
    return group.map((item) => ({ ...item, split: item.split ?? split }))
  })
  return { ...dataset, items: items.toSorted((a, b) => (a.path < b.path ? -1 : 1)) }
}

function drawn(group: readonly Item[], val: number, test: number): Split {
  const name = group.map(({ video }) => video).toSorted()[0]!
  const share = createHash('sha256').update(name).digest().readUInt32BE() / 2 ** 32
  if (share < test) return 'test'
  return share < test + val ? 'val' : 'train'
}

/** Items joined by common names (union-find). */
function connected(items: readonly Item[]): Item[][] {
  const parent = items.map((_, i) => i)
  const root = (i: number): number => {
    while (parent[i] !== i) {
      parent[i] = parent[parent[i]!]!
      i = parent[i]!
    }
    return i
  }
  const first = new Map<string, number>()
  items.forEach(({ video, identities }, i) => {
    for (const name of [`video ${video}`, ...identities.map((identity) => `identity ${identity}`)]) {
      const other = first.get(name)
      if (other === undefined) first.set(name, i)
      else parent[root(i)] = root(other)
    }
  })
  return [...Map.groupBy(items, (_, i) => root(i)).values()]
}
