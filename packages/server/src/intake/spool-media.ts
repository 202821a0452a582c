import { createHash } from 'node:crypto'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import { temporaryName } from '../temporary-files.ts'
import { type UploadTimeouts, withUploadTimeouts } from './upload-timeouts.ts'

/** Media that was received in full, in a temporary file, until it is taken or discarded. */
export interface SpooledMedia {
  readonly path: string
  readonly sha256: string
  readonly bytes: number
  discard(): Promise<void>
}

export interface SpoolMediaOptions extends UploadTimeouts {
  readonly folder: string
  /** Largest size in bytes; one byte more ends the reading at once. */
  readonly bytes: number
}

/**
 * Writes a stream to a temporary file while counting, hashing and timing it. Memory does not grow with the media.
 * After an error nothing is left behind.
 * @throws UnswapError `limit_bytes`, `body_timeout`, `media_empty`, `storage_failed`, or what the stream throws
 */
export async function spoolMedia(
  source: AsyncIterable<Uint8Array>,
  options: SpoolMediaOptions,
): Promise<SpooledMedia> {
  await mkdir(options.folder, { recursive: true, mode: 0o700 }).catch(refuse)
  const path = join(options.folder, temporaryName())
  const discard = () => rm(path, { force: true })
  const hash = createHash('sha256')
  let bytes = 0
  const file = await open(path, 'wx', 0o600).catch(refuse)
  try {
    for await (const piece of withUploadTimeouts(source, options)) {
      bytes += piece.byteLength
      if (bytes > options.bytes) {
        throw new UnswapError(
          'limit_bytes',
          `The media is larger than ${options.bytes} bytes, the most that is taken.`,
        )
      }
      hash.update(piece)
      await file.writeFile(piece).catch(refuse)
    }
    if (bytes === 0)
      throw new UnswapError('media_empty', 'The media is empty; send the bytes of a picture or video.')
  } catch (error) {
    await discard()
    throw error
  } finally {
    await file.close()
  }
  return { path, sha256: hash.digest('hex'), bytes, discard }
}

function refuse(cause: unknown): never {
  throw new UnswapError(
    'storage_failed',
    'The upload could not be kept; look at the free space and the rights of the data folder.',
    { cause, retryable: true },
  )
}
