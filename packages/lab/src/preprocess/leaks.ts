import { UnswapError } from '@unswap/contract'
import type { CropRow } from './crop-row.ts'
import { hammingDistance } from './hash.ts'

/** Crops that differ in at most so many of 256 bits count as the same picture. */
const SAME = 16
/** Crops per video that are compared: the same video gives itself away in any of them. */
const PER_VIDEO = 3

/** Something that is in two splits at once. */
export interface Leak {
  readonly kind: 'identity' | 'video' | 'near_duplicate'
  readonly name: string
  readonly splits: readonly string[]
}

/** Every identity, video or near-duplicate that is in more than one split. */
export function findLeaks(rows: readonly CropRow[]): Leak[] {
  return [
    ...shared('identity', rows, ({ source, identities }) => identities.map((name) => `${source}/${name}`)),
    ...shared('video', rows, ({ source, video }) => [`${source}/${video}`]),
    ...nearDuplicates(rows),
  ]
}

/** @throws UnswapError `bad_option` naming the first leaks, when there is any */
export function refuseLeaks(rows: readonly CropRow[]): void {
  const leaks = findLeaks(rows)
  if (leaks.length === 0) return
  const some = leaks.slice(0, 5).map(({ kind, name, splits }) => `${kind} ${name} in ${splits.join(' and ')}`)
  throw new UnswapError(
    'bad_option',
    `${leaks.length} leaks between splits, so figures would mean nothing: ${some.join('; ')}. ` +
      'Name the people or the splits in a CSV (docs/datasets.md, "Your own"), or take one of each pair away.',
  )
}

function shared(kind: Leak['kind'], rows: readonly CropRow[], names: (row: CropRow) => string[]): Leak[] {
  const splits = new Map<string, Set<string>>()
  for (const row of rows) {
    for (const name of names(row)) splits.set(name, (splits.get(name) ?? new Set()).add(row.split))
  }
  return [...splits].flatMap(([name, found]) => (found.size > 1 ? [{ kind, name, splits: [...found] }] : []))
}

function nearDuplicates(rows: readonly CropRow[]): Leak[] {
  const videos = [...Map.groupBy(rows, ({ source, path }) => `${source}/${path}`)]
  const probes = videos.flatMap(([name, own]) => {
    const step = Math.max(1, Math.floor(own.length / PER_VIDEO))
    return own.filter((_, i) => i % step === 0).map(({ hash, split }) => ({ name, hash, split }))
  })
  const found = new Map<string, Leak>()
  probes.forEach((a, i) => {
    for (const b of probes.slice(i + 1)) {
      if (a.split === b.split || hammingDistance(a.hash, b.hash) > SAME) continue
      const name = `${a.name} = ${b.name}`
      found.set(name, { kind: 'near_duplicate', name, splits: [a.split, b.split] })
    }
  })
  return [...found.values()]
}
