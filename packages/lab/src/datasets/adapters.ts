import { UnswapError } from '@unswap/contract'
import { celebDf } from './celeb-df.ts'
import type { Adapter, Dataset } from './dataset-item.ts'
import { deeperForensics } from './deeper-forensics.ts'
import { dfdc } from './dfdc.ts'
import { deepFakeDetection, faceForensics } from './faceforensics.ts'
import { csv, folders } from './folders-and-csv.ts'
import { mesoNet, wildDeepfake } from './frame-folders.ts'
import { withTraits } from './traits.ts'

const ADAPTERS: readonly Adapter[] = [
  faceForensics,
  deepFakeDetection,
  celebDf,
  dfdc,
  deeperForensics,
  wildDeepfake,
  mesoNet,
  folders,
  csv,
]

/**
 * Reads a data set, and who is seen in it where a `traits.csv` lies beside it. No media file is opened.
 * @throws UnswapError `bad_option` for an unknown name, or a root of another layout
 */
export async function readDataset(name: string, root: string): Promise<Dataset> {
  const adapter = ADAPTERS.find((candidate) => candidate.name === name)
  if (adapter !== undefined) return withTraits(await adapter.read(root))
  const names = ADAPTERS.map((candidate) => candidate.name).join(', ')
  throw new UnswapError('bad_option', `There is no data set “${name}”; choose one of ${names}.`)
}
