import { access } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { FAMILIES, type Family, UnswapError } from '@unswap/contract'
import { SPLITS, type Split } from '../lab-vocabulary.ts'
import { type Cell, parseTable } from './csv-table.ts'
import { type Adapter, dataset, type Item, item } from './dataset-item.ts'
import { listMedia, readList, requireItems } from './media-files.ts'
import { traitsOf } from './traits.ts'

const MASK = /\.mask\.[^.]+$/

/**
 * Folders `real/` and `fake/`, with anything below; the first folder below `fake/` is taken for the method. Beside
 * `clip.mp4` the true mask is `clip.mask.mp4`, beside `face.jpg` it is `face.mask.png`. The data set has the name of
 * the folder.
 */
export const folders: Adapter = {
  layout: 'real/… and fake/…',
  async read(root) {
    const files = [...(await listMedia(root, 'real')), ...(await listMedia(root, 'fake'))]
    const media = files.filter(({ path }) => !MASK.test(path))
    requireItems(media, root, this.layout)
    const masks = new Map(
      files.filter(({ path }) => MASK.test(path)).map(({ path }) => [path.replace(MASK, ''), path] as const),
    )
    const items = media.map(({ path, kind }) => {
      const [label, ...rest] = path.split('/') as ['real' | 'fake', ...string[]]
      return item({
        path,
        kind,
        label,
        video: path,
        method: label === 'fake' && rest.length > 1 ? rest[0]! : null,
        mask: masks.get(path.replace(/\.[^.]*$/, '')) ?? null,
      })
    })
    return dataset(basename(resolve(root)), root, items)
  },
}

/**
 * A CSV with a header: `path` and `label`, and any of `family`, `method`, `split`, `identity` (several with `;`),
 * `video`, `compression`, `mask`, `sex`, `age`, `skin_tone`. Paths are relative to the CSV. The data set has the name of the file without its ending.
 */
export const csv: Adapter = {
  layout:
    'a CSV file with the columns path,label and any of family,method,split,identity,video,compression,mask,sex,age,skin_tone',
  async read(file) {
    const [root, text] = [dirname(file), await readList(dirname(file), basename(file))]
    if (text === null) throw new UnswapError('bad_option', `${file} cannot be read: name a CSV file.`)
    const items: Item[] = []
    const missing: string[] = []
    for (const [number, cell] of parseTable(text).entries()) {
      const path = cell('path')
      const label = cell('label')
      if (path === null || (label !== 'real' && label !== 'fake')) {
        throw new UnswapError(
          'bad_option',
          `${file}, line ${number + 2}: path and label (real or fake) are needed.`,
        )
      }
      const there = await access(join(root, path)).then(
        () => true,
        () => false,
      )
      if (!there) missing.push(path)
      else items.push(itemOf(path, label, cell))
    }
    requireItems(items, file, this.layout)
    return dataset(basename(file, extname(file)), root, items, missing)
  },
}

function itemOf(path: string, label: 'real' | 'fake', cell: Cell): Item {
  const traits = traitsOf(cell)
  const kind = /\.(mp4|mov|webm|mkv|avi|m4v)$/i.test(path) ? 'video' : 'image'
  return item({
    path,
    kind,
    label,
    family: known(cell('family'), FAMILIES) as Family | null,
    method: cell('method'),
    video: cell('video') ?? path,
    identities: cell('identity')?.split(';') ?? [],
    split: known(cell('split'), SPLITS) as Split | null,
    compression: cell('compression'),
    mask: cell('mask'),
    ...(traits ? { traits } : {}),
  })
}

function known(word: string | null, words: readonly string[]): string | null {
  if (word === null || words.includes(word)) return word
  throw new UnswapError('bad_option', `“${word}” is not one of ${words.join(', ')}.`)
}
