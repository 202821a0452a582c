import type { Dataset, Item } from '../datasets/dataset-item.ts'
import { splitByIdentity } from '../datasets/split-by-identity.ts'
import type { Split } from '../lab-vocabulary.ts'

/** Shares for `val` and for `test`, the smallest that serve: few clips need larger ones to be measured on at all. */
const SHARES = [0.15, 0.25, 0.33]

/**
 * The data set with a split for every item, its own where it says one. People stay together. `val` gets the labels that
 * there are, where the number of people allows.
 */
export function holdOut(dataset: Dataset): Dataset {
  const tried = SHARES.map((share) => splitByIdentity(dataset, { val: share, test: share }))
  return tried.find(({ items }) => serves(items)) ?? tried[0]!
}

function serves(items: readonly Item[]): boolean {
  const labels = new Set(items.map(({ label }) => label))
  const holds = (split: Split, label: Item['label']) =>
    items.some((item) => item.split === split && item.label === label)
  return holds('train', 'real') && [...labels].every((label) => holds('val', label))
}
