import type { Family } from '@unswap/contract'
import { SPLITS, type Split } from '../lab-vocabulary.ts'
import { type Adapter, dataset, type Item, item } from './dataset-item.ts'
import { listFolders, listMedia, readList, requireItems, stem } from './media-files.ts'

const LAYOUT =
  'original_sequences/youtube/<c>/videos/000.mp4, manipulated_sequences/<method>/<c>/videos/000_003.mp4'

const FAMILY_OF_METHOD: Readonly<Record<string, Family>> = {
  Deepfakes: 'face_swap',
  FaceSwap: 'face_swap',
  FaceShifter: 'face_swap',
  DeepFakeDetection: 'face_swap',
  Face2Face: 'reenactment',
  NeuralTextures: 'reenactment',
}

/**
 * FaceForensics++ (Rössler et al. 2019), all methods and compressions. The official split is read from
 * `splits/{train,val,test}.json` (pairs of ids) where they lie in the root; masks from `<method>/masks/videos`.
 */
export const faceForensics: Adapter = {
  layout: LAYOUT,
  async read(root) {
    const official = await readSplits(root)
    const { splits } = official
    const methods = (await listFolders(root, 'manipulated_sequences')).filter(
      (m) => m !== 'DeepFakeDetection',
    )
    const items = [
      ...(await originals(root, 'youtube', (name) => ({
        identities: [name],
        split: splits.get(name) ?? null,
      }))),
      ...(
        await Promise.all(
          methods.map((method) =>
            manipulated(root, method, (name) => {
              const ids = name.split('_')
              return { identities: ids, split: splits.get(ids[0]!) ?? null }
            }),
          ),
        )
      ).flat(),
    ]
    requireItems(items, root, LAYOUT)
    return dataset('faceforensics', root, items, missingOf(items, official))
  },
}

/** Google's and Jigsaw's DeepFakeDetection, in the same tree: actors numbered 01 to 28, no official split. */
export const deepFakeDetection: Adapter = {
  layout:
    'original_sequences/actors/<c>/videos/01__scene.mp4, manipulated_sequences/DeepFakeDetection/<c>/videos',
  async read(root) {
    const actors = (name: string) => ({
      identities: name
        .split('__')[0]!
        .split('_')
        .map((id) => `actor-${id}`),
    })
    const items = [
      ...(await originals(root, 'actors', actors)),
      ...(await manipulated(root, 'DeepFakeDetection', actors)),
    ]
    requireItems(items, root, this.layout)
    return dataset('deepfakedetection', root, items)
  },
}

async function originals(
  root: string,
  source: string,
  known: (name: string) => Partial<Item>,
): Promise<Item[]> {
  const files = await listMedia(root, `original_sequences/${source}`)
  return files.flatMap(({ path }) => {
    const compression = compressionOf(path)
    if (compression === null) return []
    return [
      item({ path, kind: 'video', label: 'real', video: stem(path), compression, ...known(stem(path)) }),
    ]
  })
}

async function manipulated(
  root: string,
  method: string,
  known: (name: string) => Partial<Item>,
): Promise<Item[]> {
  const folder = `manipulated_sequences/${method}`
  const files = await listMedia(root, folder)
  const masks = new Map(
    files.filter(({ path }) => path.includes('/masks/')).map(({ path }) => [stem(path), path] as const),
  )
  return files.flatMap(({ path }) => {
    const compression = compressionOf(path)
    if (compression === null) return []
    const name = stem(path)
    const family = FAMILY_OF_METHOD[method] ?? null
    const mask = masks.get(name) ?? null
    const video = `${method}/${name}`
    return [
      item({ path, kind: 'video', label: 'fake', video, family, method, compression, mask, ...known(name) }),
    ]
  })
}

/** The folder between the source and `videos`: raw (also called c0), c23 or c40; null for masks and the like. */
function compressionOf(path: string): string | null {
  const [folder, videos] = path.split('/').slice(-3)
  if (videos !== 'videos' || folder === undefined) return null
  if (folder === 'raw' || folder === 'c0') return 'raw'
  return folder === 'c23' || folder === 'c40' ? folder : null
}

/** What the authors’ lists say: the split of every video, and the pairs that were forged with each other. */
interface Official {
  readonly splits: ReadonlyMap<string, Split>
  readonly pairs: readonly (readonly string[])[]
}

async function readSplits(root: string): Promise<Official> {
  const splits = new Map<string, Split>()
  const pairs: (readonly string[])[] = []
  for (const split of SPLITS) {
    const list = (await readList(root, `splits/${split}.json`)) ?? (await readList(root, `${split}.json`))
    if (list === null) continue
    const own = JSON.parse(list) as string[][]
    pairs.push(...own)
    for (const id of own.flat()) splits.set(id, split)
  }
  return { splits, pairs }
}

/**
 * Videos that the official lists name and that are not there. Only sources, published methods and compressions count of
 * which something is there. Both videos of a pair were forged with each other.
 */
function missingOf(items: readonly Item[], { splits, pairs }: Official): string[] {
  if (splits.size === 0) return ['splits/train.json', 'splits/val.json', 'splits/test.json']
  const there = new Set(items.map(({ path }) => path))
  const foldersOf = (own: readonly Item[]) => [
    ...new Set(own.map(({ path }) => path.slice(0, path.lastIndexOf('/')))),
  ]
  const published = items.filter(({ method }) => method !== null && method in FAMILY_OF_METHOD)
  const forged = pairs.flatMap(([a, b]) => [`${a}_${b}`, `${b}_${a}`])
  const named = [
    ...foldersOf(items.filter(({ label }) => label === 'real')).flatMap((folder) =>
      [...splits.keys()].map((id) => `${folder}/${id}.mp4`),
    ),
    ...foldersOf(published).flatMap((folder) => forged.map((name) => `${folder}/${name}.mp4`)),
  ]
  return named.filter((path) => !there.has(path))
}
