import { posix } from 'node:path'
import Type from 'typebox'
import Value from 'typebox/value'
import type { Split } from '../lab-vocabulary.ts'
import { type Adapter, dataset, type Item, item } from './dataset-item.ts'
import { listFolders, listMedia, readList, requireItems } from './media-files.ts'

const Entry = Type.Object({
  label: Type.String(),
  original: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  split: Type.Optional(Type.String()),
  set: Type.Optional(Type.String()),
  target_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  swapped_id: Type.Optional(Type.Union([Type.String(), Type.Null()])),
})
const Listing = Type.Record(Type.String(), Entry)

/**
 * The Deepfake Detection Challenge (Dolhansky et al. 2020): folders with a `metadata.json`, and the preview with one
 * `dataset.json`. A fake shares its original's identity, the only one that the full set tells.
 */
export const dfdc: Adapter = {
  layout: 'dfdc_train_part_0/metadata.json and its videos, or dataset.json of the preview',
  async read(root) {
    const folders = ['.', ...(await listFolders(root, '.'))]
    const items: Item[] = []
    const missing: string[] = []
    for (const folder of folders) {
      const full = await readList(root, `${folder}/metadata.json`)
      const list = full ?? (await readList(root, `${folder}/dataset.json`))
      if (list === null) continue
      const there = new Map((await listMedia(root, folder)).map((file) => [file.path, file.kind]))
      for (const [name, entry] of Object.entries(Value.Parse(Listing, JSON.parse(list)))) {
        const path = posix.join(folder, name)
        const kind = there.get(path)
        if (kind === undefined) missing.push(path)
        // the lists of the full set call everything `train`, which is no split
        else items.push({ ...itemOf(path, kind, entry), ...(full === null ? {} : { split: null }) })
      }
    }
    requireItems(items, root, this.layout)
    return dataset('dfdc', root, items, missing)
  },
}

function itemOf(path: string, kind: 'video' | 'image', entry: Type.Static<typeof Entry>): Item {
  const fake = entry.label.toLowerCase() === 'fake'
  const folder = posix.dirname(path)
  const people = [entry.target_id, entry.swapped_id].filter((id) => id !== undefined && id !== null)
  const original = posix.join(folder, entry.original ?? posix.basename(path))
  return item({
    path,
    kind,
    label: fake ? 'fake' : 'real',
    video: path,
    family: fake ? 'face_swap' : null,
    method: fake ? 'dfdc' : null,
    identities: people.length > 0 ? [...new Set(people)] : [fake ? original : path],
    split: splitOf(entry.set ?? entry.split),
  })
}

function splitOf(word: string | undefined): Split | null {
  if (word === 'train' || word === 'test') return word
  return word === 'validation' || word === 'val' ? 'val' : null
}
