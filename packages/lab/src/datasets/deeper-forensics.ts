import { SPLITS, type Split } from '../lab-vocabulary.ts'
import { type Adapter, dataset, item } from './dataset-item.ts'
import { listMedia, readList, requireItems, stem } from './media-files.ts'

const LAYOUT =
  'manipulated_videos/<variant>/000_M101.mp4, source_videos/<actor>/…, lists/splits/{train,val,test}.txt'

/**
 * DeeperForensics-1.0 (Jiang et al. 2020): swaps of paid actors' faces onto FaceForensics++ originals. `000_M101` is
 * original 000 with the face of actor M101; the actors' own videos are real.
 */
export const deeperForensics: Adapter = {
  layout: LAYOUT,
  async read(root) {
    const splits = new Map<string, Split>()
    for (const split of SPLITS) {
      const list = (await readList(root, `lists/splits/${split}.txt`)) ?? ''
      for (const line of list.split('\n').filter((text) => text.trim() !== ''))
        splits.set(stem(line.trim()), split)
    }
    const fakes = (await listMedia(root, 'manipulated_videos')).map(({ path, kind }) => {
      const [target = '', actor = ''] = stem(path).split('_')
      const method = path.split('/')[1]!
      return item({
        path,
        kind,
        label: 'fake',
        video: `${method}/${stem(path)}`,
        family: 'face_swap',
        method: `deeperforensics/${method}`,
        identities: [target, actor],
        split: splits.get(stem(path)) ?? null,
      })
    })
    const reals = (await listMedia(root, 'source_videos')).map(({ path, kind }) =>
      item({ path, kind, label: 'real', video: path, identities: [path.split('/')[1]!] }),
    )
    const items = [...fakes, ...reals]
    requireItems(items, root, LAYOUT)
    return dataset('deeperforensics', root, items, splits.size === 0 ? ['lists/splits/train.txt'] : [])
  },
}
