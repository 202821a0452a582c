import { Worker } from 'node:worker_threads'
import type { ContentCredentials } from '@unswap/contract'
import type { MediaSource } from '../frame.ts'
import { checkCancelled } from '../limits.ts'
import { mayHaveCredentials } from './find-manifest.ts'
import { without } from './summarise.ts'
import type { TrustList } from './trust-list.ts'

export interface ReadTask {
  readonly source: MediaSource
  /** Media type. */
  readonly type: string
  /** PEM; null for none. */
  readonly anchors: string | null
}

/** What the thread found; trust only counts where a list was given. */
export type ReadAnswer = Omit<ContentCredentials, 'trustList'>

interface ReadOptions {
  /** As `MediaInfo.format`. */
  readonly format: string
  readonly bytes: number
  readonly trustList: TrustList | null
  readonly signal: AbortSignal
}

/** The reader holds the whole file in memory, twice. */
const MOST_BYTES = 128 * 1024 ** 2
/** Many times what a reading takes, so that a busy machine gives the same report. */
const MOST_MS = 30_000
const MOST_HEAP_MB = 512

/** Formats in which C2PA says how credentials are embedded, and that the reader knows. */
const TYPES: Readonly<Record<string, string>> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  avif: 'image/avif',
  gif: 'image/gif',
  tiff: 'image/tiff',
  heic: 'image/heic',
  mp4: 'video/mp4',
  mov: 'video/quicktime',
  avi: 'video/avi',
}

/**
 * The content credentials that are embedded in the media, checked. Nothing is fetched: neither manifests that lie
 * elsewhere nor whether a certificate has been revoked. What cannot be read becomes a state, never an error.
 * @throws UnswapError `cancelled`
 */
export async function readCredentials(
  source: MediaSource,
  { format, bytes, trustList, signal }: ReadOptions,
): Promise<ContentCredentials> {
  const list = { trustList: trustList?.sha256 ?? null }
  try {
    if (!(await mayHaveCredentials(source, signal))) return { ...without('none'), ...list }
    const type = TYPES[format]
    if (type === undefined) return { ...without('unsupported', 'unswap.format'), ...list }
    if (bytes > MOST_BYTES) return { ...without('unsupported', 'unswap.too_large'), ...list }
    const found = await readAside({ source, type, anchors: trustList?.anchors ?? null }, signal)
    return { ...found, ...list }
  } catch (cause) {
    checkCancelled(signal)
    throw cause
  }
}

/** In a thread that ends with its answer, its time or its memory: what it reads may be hostile. */
async function readAside(task: ReadTask, signal: AbortSignal): Promise<ReadAnswer> {
  checkCancelled(signal)
  const thread = new Worker(new URL('./credentials-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    env: {},
  })
  const { promise, resolve, reject } = Promise.withResolvers<ReadAnswer>()
  const timer = setTimeout(() => resolve(without('unsupported', 'unswap.too_long')), MOST_MS)
  const cancel = () => reject(signal.reason)
  signal.addEventListener('abort', cancel)
  try {
    thread.once('message', resolve)
    thread.once('error', () => resolve(without('invalid', 'unswap.unreadable')))
    thread.once('exit', () => resolve(without('invalid', 'unswap.unreadable')))
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', cancel)
    await thread.terminate()
  }
}
