import { type Adapter, dataset, item } from './dataset-item.ts'
import { listMedia, readList, requireItems, stem } from './media-files.ts'

const LAYOUT =
  'Celeb-real/id0_0000.mp4, Celeb-synthesis/id0_id1_0000.mp4, YouTube-real/, List_of_testing_videos.txt'

/**
 * Celeb-DF versions 1 and 2 (Li et al. 2020), which share a layout. The official list names the test videos. The others
 * show the same people and have no split, so `splitByIdentity` must make one.
 */
export const celebDf: Adapter = {
  layout: LAYOUT,
  async read(root) {
    const files = (
      await Promise.all(
        ['Celeb-real', 'YouTube-real', 'Celeb-synthesis'].map((folder) => listMedia(root, folder)),
      )
    ).flat()
    requireItems(files, root, LAYOUT)
    const list = await readList(root, 'List_of_testing_videos.txt')
    const listed = (list ?? '')
      .split('\n')
      .map((line) => line.trim().replace(/^[01]\s+/, ''))
      .filter((path) => path !== '')
    const test = new Set(listed)
    const items = files.map(({ path, kind }) => {
      const fake = path.startsWith('Celeb-synthesis/')
      const name = stem(path)
      const people = path.startsWith('YouTube-real/') ? [`youtube-${name}`] : name.split('_').slice(0, -1)
      return item({
        path,
        kind,
        label: fake ? 'fake' : 'real',
        video: path.replace(/\.[^.]*$/, ''),
        family: fake ? 'face_swap' : null,
        method: fake ? 'celeb-synthesis' : null,
        identities: people,
        split: test.has(path) ? 'test' : null,
      })
    })
    const there = new Set(files.map(({ path }) => path))
    const missing = list === null ? ['List_of_testing_videos.txt'] : listed.filter((path) => !there.has(path))
    return dataset('celeb-df', root, items, missing)
  },
}
