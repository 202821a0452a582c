import { posix } from 'node:path'
import { type Adapter, dataset, item } from './dataset-item.ts'
import { listMedia, requireItems } from './media-files.ts'

const WILD = '{real,fake}_{train,test}/<n>/{real,fake}/<video>/<frame>.png'
const MESO = '{train_test,validation}/{df,real}/<frame>.jpg'

/** WildDeepfake (Zi et al. 2020), unpacked: folders of face pictures, one per sequence. People are not named. */
export const wildDeepfake: Adapter = {
  layout: WILD,
  async read(root) {
    const named = ['real_train', 'fake_train', 'real_test', 'fake_test']
    const parts = named.flatMap((part) => [part, part.replace('_', ' ')]) // its own description has spaces
    const files = (await Promise.all(parts.map((part) => listMedia(root, part)))).flat()
    const folders = [...new Set(files.map(({ path }) => posix.dirname(path)))]
    const items = folders.map((path) => {
      const [label, split] = path.split('/')[0]!.split(/[_ ]/) as ['real' | 'fake', 'train' | 'test']
      return item({
        path,
        kind: 'frames',
        label,
        split,
        video: path,
        method: label === 'fake' ? 'wild' : null,
      })
    })
    requireItems(items, root, WILD)
    return dataset('wilddeepfake', root, items)
  },
}

/** The data set published with MesoNet (Afchar et al. 2018): single faces; videos and people are not named. */
export const mesoNet: Adapter = {
  layout: MESO,
  async read(root) {
    const splits = [
      ['train_test', 'train'],
      ['validation', 'test'],
    ] as const
    const items = await Promise.all(
      splits.map(async ([folder, split]) => {
        const files = await listMedia(root, folder)
        return files.map(({ path, kind }) => {
          const fake = path.split('/')[1] !== 'real'
          return item({
            path,
            kind,
            label: fake ? 'fake' : 'real',
            split,
            video: path,
            family: fake ? 'face_swap' : null,
            method: fake ? 'deepfake' : null,
          })
        })
      }),
    )
    requireItems(items.flat(), root, MESO)
    return dataset('mesonet', root, items.flat())
  },
}
