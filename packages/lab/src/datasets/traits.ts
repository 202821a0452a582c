import { UnswapError } from '@unswap/contract'
import type { Traits } from '../lab-vocabulary.ts'
import { type Cell, parseTable } from './csv-table.ts'
import type { Dataset } from './dataset-item.ts'
import { readList } from './media-files.ts'

const FILE = 'traits.csv'
const COLUMNS = { sex: 'sex', age: 'age', skinTone: 'skin_tone' } as const

/** What a row says of a person; null when it says nothing. */
export function traitsOf(cell: Cell): Traits | null {
  const known = Object.entries(COLUMNS).flatMap(([trait, column]) => {
    const value = cell(column)
    return value === null ? [] : [[trait, value] as const]
  })
  return known.length > 0 ? Object.fromEntries(known) : null
}

/**
 * The data set with what `traits.csv` in its root says: rows of `video` or `identity` and any of `sex`, `age` and
 * `skin_tone`. A video's own row goes before that of its person, the target of a swap. Unchanged without the file.
 * @throws UnswapError `bad_option` for a row that names neither
 */
export async function withTraits(dataset: Dataset): Promise<Dataset> {
  const text = await readList(dataset.root, FILE)
  if (text === null) return dataset
  const [videos, people] = [new Map<string, Traits>(), new Map<string, Traits>()]
  for (const [number, cell] of parseTable(text).entries()) {
    const [video, identity, traits] = [cell('video'), cell('identity'), traitsOf(cell)]
    if (video === null && identity === null) {
      throw new UnswapError('bad_option', `${FILE}, line ${number + 2}: video or identity is needed.`)
    }
    if (traits === null) continue
    if (video !== null) videos.set(video, traits)
    else people.set(identity!, traits)
  }
  const items = dataset.items.map((item) => {
    const traits = videos.get(item.video) ?? people.get(item.identities[0] ?? '')
    return traits ? { ...item, traits } : item
  })
  return { ...dataset, items }
}
