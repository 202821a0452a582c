import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { UnswapError } from '@unswap/contract'
import type { Blobs } from '../blobs/blobs.ts'
import { temporaryName } from '../temporary-files.ts'

/** Media as a local file, until `release` is called. */
export interface LocalMedia {
  readonly path: string
  release(): Promise<void>
}

/**
 * Provides media as a local file: the stored file itself if it is on this machine, else a private copy.
 * @throws UnswapError `media_not_found` when it has been erased
 */
export async function openLocalMedia(
  blobs: Blobs,
  name: string,
  folder: string,
  signal: AbortSignal,
): Promise<LocalMedia> {
  const gone = () => new UnswapError('media_not_found', 'The media has been erased; send it again.')
  const path = blobs.path(name)
  if (path !== null) {
    if ((await blobs.size(name)) === null) throw gone()
    return { path, release: async () => undefined }
  }
  const stream = await blobs.get(name)
  if (!stream) throw gone()
  const own = await mkdtemp(join(folder, `${temporaryName()}.`))
  const release = () => rm(own, { recursive: true, force: true })
  try {
    const copy = join(own, 'media')
    await pipeline(stream, createWriteStream(copy, { mode: 0o600 }), { signal })
    return { path: copy, release }
  } catch (thrown) {
    await release()
    throw thrown
  }
}
