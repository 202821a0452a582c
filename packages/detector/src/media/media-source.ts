import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Limits, UnswapError } from '@unswap/contract'
import { checkBytes } from './check-limits.ts'
import type { MediaSource } from './frame.ts'
import { SNIFF_BYTES } from './sniff-format.ts'

/** Files up to this size are read once, and hashed and decoded from memory. Larger ones are read from disk. */
const IN_MEMORY_BYTES = 64 * 1024 ** 2

/** Media of known size whose first bytes have been read. */
export interface OpenedSource {
  readonly size: number
  /** The first `SNIFF_BYTES`, or all bytes of a shorter file. */
  readonly head: Uint8Array
  /** The bytes, or the absolute path of a file above `IN_MEMORY_BYTES`. */
  content(): Promise<Uint8Array | string>
  /** Absolute path of a file with the bytes. For a source of bytes, a private temporary file that `close` removes. */
  file(): Promise<string>
  sha256(signal?: AbortSignal): Promise<string>
  close(): Promise<void>
}

/**
 * Reads the size and the first bytes, and nothing else.
 * @throws UnswapError `media_not_found`, `media_unreadable`, `media_empty`, `limit_bytes`.
 */
export async function openSource(source: MediaSource, limits: Limits): Promise<OpenedSource> {
  return 'bytes' in source ? openBytes(source.bytes, limits) : openPath(resolve(source.path), limits)
}

function openBytes(bytes: Uint8Array, limits: Limits): OpenedSource {
  checkBytes(bytes.length, limits)
  let folder: Promise<string> | undefined
  let file: Promise<string> | undefined
  const write = async () => {
    folder = mkdtemp(join(tmpdir(), 'unswap-'))
    const path = join(await folder, 'media')
    await writeFile(path, bytes, { mode: 0o600 })
    return path
  }
  return {
    size: bytes.length,
    head: bytes.subarray(0, SNIFF_BYTES),
    content: async () => bytes,
    file: () => (file ??= write()),
    sha256: async () => createHash('sha256').update(bytes).digest('hex'),
    async close() {
      await file?.catch(() => {})
      if (folder !== undefined) await rm(await folder, { recursive: true, force: true })
    },
  }
}

async function openPath(path: string, limits: Limits): Promise<OpenedSource> {
  const { size, head } = await readHead(path, limits)
  let content: Promise<Uint8Array> | undefined
  const read = () => (content ??= readWhole(path, limits))
  return {
    size,
    head,
    content: async () => (size <= IN_MEMORY_BYTES ? read() : path),
    file: async () => path,
    async sha256(signal) {
      if (content !== undefined)
        return createHash('sha256')
          .update(await content)
          .digest('hex')
      const hash = createHash('sha256')
      const stream = createReadStream(path, { highWaterMark: 1024 ** 2, ...(signal && { signal }) })
      for await (const chunk of stream) hash.update(chunk)
      return hash.digest('hex')
    },
    close: async () => {},
  }
}

async function readHead(path: string, limits: Limits): Promise<{ size: number; head: Uint8Array }> {
  return withFile(path, async (file) => {
    const stat = await file.stat()
    if (!stat.isFile()) {
      throw new UnswapError(
        'media_unreadable',
        `"${path}" is not a regular file; give a photograph or a video.`,
      )
    }
    checkBytes(stat.size, limits)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(SNIFF_BYTES), 0, SNIFF_BYTES, 0)
    return { size: stat.size, head: buffer.subarray(0, bytesRead) }
  })
}

async function readWhole(path: string, limits: Limits): Promise<Uint8Array> {
  return withFile(path, async (file) => {
    const bytes = await file.readFile()
    checkBytes(bytes.length, limits)
    return bytes
  })
}

async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T> {
  let file: FileHandle | undefined
  try {
    file = await open(path, 'r')
    return await work(file)
  } catch (cause) {
    if (cause instanceof UnswapError) throw cause
    const code = (cause as NodeJS.ErrnoException).code
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new UnswapError('media_not_found', `There is no file "${path}".`, { cause })
    }
    throw new UnswapError('media_unreadable', `The file "${path}" cannot be read (${code}).`, { cause })
  } finally {
    await file?.close()
  }
}
