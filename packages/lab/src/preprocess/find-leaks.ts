import { UnswapError } from '@unswap/contract'
import { SPLITS } from '../lab-vocabulary.ts'
import type { CropRow } from './crop-row.ts'
import { hammingDistance, wordsOf } from './difference-hash.ts'

/** Crops that differ in at most so many of 256 bits count as the same picture; faces of two people differ in 85 and more. */
const SAME = 16
/** Crops per video that are compared: the same video gives itself away in any of them. */
const PER_VIDEO = 3

/** Something that is in two splits at once. */
export interface Leak {
  readonly kind: 'identity' | 'video' | 'near_duplicate'
  readonly name: string
  readonly splits: readonly string[]
  /** The media without which it would be in one split alone: what is tested on stays, then what is calibrated on. */
  readonly surplus: readonly string[]
}

type Placed = Pick<CropRow, 'source' | 'path' | 'video' | 'identities' | 'split'>

/** Every identity and every video that is in more than one split. No crop is needed to see them. */
export function findNamedLeaks(media: readonly Placed[]): Leak[] {
  return [
    ...shared('identity', media, ({ source, identities }) => identities.map((name) => `${source}/${name}`)),
    ...shared('video', media, ({ source, video }) => [`${source}/${video}`]),
  ]
}

/** Every identity, video or near-duplicate that is in more than one split. */
export const findLeaks = (rows: readonly CropRow[]): Leak[] => [
  ...findNamedLeaks(rows),
  ...nearDuplicates(rows),
]

/** @throws UnswapError `bad_option` naming the first leaks, when there is any */
export function refuseLeaks(leaks: readonly Leak[]): void {
  if (leaks.length === 0) return
  const some = leaks.slice(0, 5).map(({ kind, name, splits }) => `${kind} ${name} in ${splits.join(' and ')}`)
  throw new UnswapError(
    'bad_option',
    `${leaks.length} leaks between splits, so figures would mean nothing: ${some.join('; ')}. ` +
      'Name the people or the splits in a CSV (docs/datasets.md, "Your own"), or start again with --drop-leaks, which ' +
      'leaves the media out of the lesser split and keeps all that is done.',
  )
}

/** The rows without the surplus of any leak. */
export function withoutLeaks(rows: readonly CropRow[], leaks: readonly Leak[]): CropRow[] {
  const surplus = new Set(leaks.flatMap((leak) => leak.surplus))
  return rows.filter((row) => !surplus.has(nameOf(row)))
}

const nameOf = ({ source, path }: Pick<Placed, 'source' | 'path'>) => `${source}/${path}`
const rank = (split: Placed['split']) => SPLITS.indexOf(split)

function leakOf(kind: Leak['kind'], name: string, media: readonly Placed[]): Leak {
  const splits = [...new Set(media.map(({ split }) => split))]
  const kept = Math.max(...splits.map(rank))
  const surplus = new Set(media.filter(({ split }) => rank(split) < kept).map(nameOf))
  return { kind, name, splits, surplus: [...surplus] }
}

function shared(kind: Leak['kind'], media: readonly Placed[], names: (own: Placed) => string[]): Leak[] {
  const named = Map.groupBy(
    media.flatMap((own) => names(own).map((name) => ({ name, own }))),
    ({ name }) => name,
  )
  return [...named].flatMap(([name, all]) => {
    const leak = leakOf(
      kind,
      name,
      all.map(({ own }) => own),
    )
    return leak.splits.length > 1 ? [leak] : []
  })
}

/** Compares across splits alone, since most media are in one. */
function nearDuplicates(rows: readonly CropRow[]): Leak[] {
  const probes = [...Map.groupBy(rows, nameOf).values()].flatMap((own) => {
    const step = Math.max(1, Math.floor(own.length / PER_VIDEO))
    return own.filter((_, i) => i % step === 0).map((row) => ({ row, words: wordsOf(row.hash) }))
  })
  const inSplit = Map.groupBy(probes, ({ row }) => row.split)
  const found = new Map<string, Leak>()
  for (const [at, split] of SPLITS.entries()) {
    const others = SPLITS.slice(at + 1).flatMap((other) => inSplit.get(other) ?? [])
    for (const a of inSplit.get(split) ?? []) {
      for (const b of others) {
        if (hammingDistance(a.words, b.words, SAME) > SAME) continue
        const name = `${nameOf(a.row)} = ${nameOf(b.row)}`
        found.set(name, leakOf('near_duplicate', name, [a.row, b.row]))
      }
    }
  }
  return [...found.values()]
}
