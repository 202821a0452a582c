import type { Family } from '@unswap/contract'
import type { Label, Split, Traits } from '../lab-vocabulary.ts'

/** One video, photograph or folder of frames of a data set. Paths are relative to its root, with forward slashes. */
export interface Item {
  readonly path: string
  readonly kind: 'video' | 'image' | 'frames'
  readonly label: Label
  /** What was done to a fake; null where unknown, and for reals. */
  readonly family: Family | null
  readonly method: string | null
  /** Name of the video within the data set, the same for all its compressions. */
  readonly video: string
  /** Everyone whose face is in it: of a swap the target first, then the source. Empty where nobody knows. */
  readonly identities: readonly string[]
  /** Null where the data set does not say. */
  readonly split: Split | null
  readonly compression: string | null
  /** Video or picture of the true mask. */
  readonly mask: string | null
  /** Of the person who is seen (of a swap the target); absent where nobody labelled them. */
  readonly traits?: Traits
}

export interface Dataset {
  /** Stands in every row of an index as its `source`; keeps data sets apart that are trained together. */
  readonly name: string
  readonly root: string
  /** In order of path. */
  readonly items: readonly Item[]
  /** Paths that the data set's own lists name and that are not there. */
  readonly missing: readonly string[]
}

/** Knows the layout of one published data set. */
export interface Adapter {
  /** What a root must look like, in one line. */
  readonly layout: string
  /** @throws UnswapError `bad_option` when the root does not look like this data set */
  read(root: string): Promise<Dataset>
}

const PLAIN = {
  family: null,
  method: null,
  identities: [],
  split: null,
  compression: null,
  mask: null,
} as const

/** An item of which only the given fields are known. */
export function item(known: Pick<Item, 'path' | 'kind' | 'label' | 'video'> & Partial<Item>): Item {
  return { ...PLAIN, ...known }
}

/** The data set in order of path, so that every machine sees the same. */
export function dataset(
  name: string,
  root: string,
  items: readonly Item[],
  missing: readonly string[] = [],
): Dataset {
  const sorted = items.toSorted((a, b) => (a.path < b.path ? -1 : 1))
  return { name, root, items: sorted, missing: missing.toSorted() }
}
