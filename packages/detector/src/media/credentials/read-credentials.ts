import { Worker } from 'node:worker_threads'
import type { ContentCredentials } from '@unswap/contract'
import { checkCancelled } from '../check-limits.ts'
import type { MediaSource } from '../frame.ts'
import { mayHaveCredentials } from './find-manifest.ts'
import { type CredentialsSummary, without } from './summarise.ts'
import type { TrustList } from './trust-list.ts'

export interface ReadTask {
  readonly source: MediaSource
  /** Media type. */
  readonly type: string
  /** PEM; null for none. */
  readonly anchors: string | null
}

interface ReadOptions {
  /** As `MediaInfo.format`. */
  readonly format: string
  readonly bytes: number
  readonly trustList: TrustList | null
  readonly signal: AbortSignal
}

/** Larger files are not read: the reader holds the whole file in memory twice. */
const MOST_BYTES = 128 * 1024 ** 2
/** Many times longer than a reading takes, so that a busy machine gives the same report as an idle one. */
const MOST_MS = 30_000
const MOST_HEAP_MB = 512

/** Media types of the formats that C2PA can embed credentials in and that the reader knows. */
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
 * Reads and checks the content credentials that are embedded in the media. Fetches nothing: neither manifests stored
 * elsewhere nor the revocation of certificates. Credentials that cannot be read give a state, not an error.
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
    const found = await readInWorkerThread({ source, type, anchors: trustList?.anchors ?? null }, signal)
    return { ...found, ...list }
  } catch (cause) {
    checkCancelled(signal)
    throw cause
  }
}

/** Reads in a thread with limits of time and memory, as the file may be hostile. */
async function readInWorkerThread(task: ReadTask, signal: AbortSignal): Promise<CredentialsSummary> {
  checkCancelled(signal)
  const thread = new Worker(new URL('./credentials-thread.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB },
    env: {},
  })
  const { promise, resolve, reject } = Promise.withResolvers<CredentialsSummary>()
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
