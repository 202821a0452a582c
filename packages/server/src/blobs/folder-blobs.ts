import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, open, opendir, rename, rm, rmdir, stat, unlink } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UnswapError } from '@unswap/contract'
import pRetry from 'p-retry'
import { removeAbandonedFiles, temporaryName } from '../temporary-files.ts'
import { checkBlobName, checkBlobPrefix } from './blob-names.ts'
import type { BlobEntry, Blobs } from './blobs.ts'

/**
 * Folder of blobs that are being written, until they are renamed. No blob can have its name, which starts with a dot.
 */
const INCOMING = '.incoming'
const INCOMING_KEPT = 3600_000

/** Blobs in a folder that only this user can read; it is made when missing. */
export async function openFolderBlobs(folder: string): Promise<Blobs> {
  const root = resolve(folder)
  const incoming = join(root, INCOMING)
  await mkdir(incoming, { recursive: true, mode: 0o700 })
  await removeAbandonedFiles(incoming, INCOMING_KEPT)
  const fileOf = (name: string) => join(root, ...checkBlobName(name).split('/'))

  const blobs: Blobs = {
    async put(name, content) {
      const file = fileOf(name)
      const temporary = join(incoming, temporaryName())
      try {
        const bytes = await writeSynced(temporary, content)
        await moveInto(temporary, file)
        await syncFolder(dirname(file))
        return { bytes }
      } catch (cause) {
        await rm(temporary, { force: true })
        throw notStored(cause)
      }
    },
    async take(name, path) {
      const file = fileOf(name)
      try {
        await sync(path)
        await moveInto(path, file)
        await syncFolder(dirname(file))
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== 'EXDEV') throw notStored(cause)
        // EXDEV: the file is on another disk and must be copied.
        await blobs.put(name, createReadStream(path))
      }
    },
    async get(name, range) {
      const handle = await open(fileOf(name), 'r').catch(unlessMissing)
      if (!handle) return null
      return handle.createReadStream(range ?? {})
    },
    async size(name) {
      const found = await stat(fileOf(name)).catch(unlessMissing)
      return found?.isFile() ? found.size : null
    },
    async delete(name) {
      const file = fileOf(name)
      await unlink(file).catch(unlessMissing)
      await removeEmpty(dirname(file), root)
    },
    async deleteAll(prefix) {
      const start = fileOf(checkBlobPrefix(prefix).slice(0, -1))
      await rm(start, { recursive: true, force: true })
      await removeEmpty(dirname(start), root)
    },
    async *list(prefix) {
      const start = checkBlobPrefix(prefix) === '' ? root : fileOf(prefix.slice(0, -1))
      yield* walk(start, prefix)
    },
    path: fileOf,
    async ping() {
      const probe = join(incoming, temporaryName())
      await writeSynced(probe, new Uint8Array(1)).finally(() => rm(probe, { force: true }))
    },
    close: () => undefined,
  }
  return blobs
}

const notStored = (cause: unknown) =>
  new UnswapError('storage_failed', 'The file could not be stored; look at the disk’s free space.', {
    cause,
    retryable: true,
  })

/**
 * Writes a file and waits until it is on the disk.
 * @returns Bytes written
 */
async function writeSynced(file: string, content: Uint8Array | Readable): Promise<number> {
  const source = content instanceof Uint8Array ? Readable.from([content]) : content
  const sink = createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true })
  await pipeline(source, sink)
  return sink.bytesWritten
}

/**
 * Renames into a folder that is made when missing. Another process may remove it as empty just then, hence the
 * retries.
 */
async function moveInto(from: string, to: string): Promise<void> {
  const move = async () => {
    await mkdir(dirname(to), { recursive: true, mode: 0o700 })
    await rename(from, to)
  }
  const shouldRetry = ({ error }: { error: NodeJS.ErrnoException }) => error.code === 'ENOENT'
  await pRetry(move, { retries: 3, minTimeout: 0, shouldRetry })
}

/** Waits until a written file is on the disk. */
async function sync(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.datasync().finally(() => handle.close())
}

/** Makes the rename durable. Not every system can synchronise folders, so failures are ignored. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null)
  await handle?.sync().catch(() => undefined)
  await handle?.close()
}

/** Removes the folder and its parents as far as they are empty; never the root. */
async function removeEmpty(folder: string, root: string): Promise<void> {
  for (let at = folder; at.startsWith(root + sep); at = dirname(at)) {
    try {
      await rmdir(at)
    } catch {
      return
    }
  }
}

async function* walk(folder: string, prefix: string): AsyncGenerator<BlobEntry> {
  const entries = await opendir(folder).catch(unlessMissing)
  if (!entries) return
  for await (const entry of entries) {
    if (entry.name.startsWith('.')) continue
    const name = prefix + entry.name
    const file = join(folder, entry.name)
    if (entry.isDirectory()) {
      yield* walk(file, `${name}/`)
      continue
    }
    const found = await stat(file).catch(unlessMissing)
    if (found) yield { name, bytes: found.size, changedAt: found.mtimeMs }
  }
}

function unlessMissing(thrown: unknown): null {
  const { code } = thrown as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return null
  throw thrown
}
