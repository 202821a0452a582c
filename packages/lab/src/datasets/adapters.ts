import { UnswapError } from '@unswap/contract'
import type { PUBLISHED_DATASETS } from '../lab-vocabulary.ts'
import { celebDf } from './celeb-df.ts'
import type { Adapter, Dataset } from './dataset-item.ts'
import { deeperForensics } from './deeper-forensics.ts'
import { dfdc } from './dfdc.ts'
import { deepFakeDetection, faceForensics } from './faceforensics.ts'
import { csv, folders } from './folders-and-csv.ts'
import { mesoNet, wildDeepfake } from './frame-folders.ts'
import { withTraits } from './traits.ts'

const ADAPTERS: Readonly<Record<(typeof PUBLISHED_DATASETS)[number] | 'folders' | 'csv', Adapter>> = {
  faceforensics: faceForensics,
  deepfakedetection: deepFakeDetection,
  'celeb-df': celebDf,
  dfdc,
  deeperforensics: deeperForensics,
  wilddeepfake: wildDeepfake,
  mesonet: mesoNet,
  folders,
  csv,
}

/**
 * Reads a data set, and who is seen in it where a `traits.csv` lies beside it. No media file is opened.
 * @param layout name of an adapter
 * @param name what the data set is called in an index; by default as published, for one's own as its folder or file
 * @throws UnswapError `bad_option` for an unknown layout, a root of another layout, or a name with a slash
 */
export async function readDataset(layout: string, root: string, name?: string): Promise<Dataset> {
  if (name !== undefined && /^$|\//.test(name)) {
    throw new UnswapError(
      'bad_option',
      `A data set cannot be called “${name}”: choose a name without slashes.`,
    )
  }
  const adapter = Object.entries(ADAPTERS).find(([known]) => known === layout)?.[1]
  if (adapter === undefined) {
    const names = Object.keys(ADAPTERS).join(', ')
    throw new UnswapError('bad_option', `There is no data set “${layout}”; choose one of ${names}.`)
  }
  const read = await adapter.read(root)
  return withTraits({ ...read, name: name ?? read.name })
}
