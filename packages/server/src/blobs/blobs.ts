import type { Readable } from 'node:stream'

/** How many bytes a stored blob has. */
interface BlobSize {
  readonly bytes: number
}

/** A blob found by `list`; its last change is in milliseconds since 1970. */
export interface BlobEntry extends BlobSize {
  readonly name: string
  readonly changedAt: number
}

/**
 * The store of media and evidence: a folder, or an S3 bucket. Names are `part/part/…` of letters, digits and `._-`;
 * no part starts with a dot.
 */
export interface Blobs {
  /**
   * Stores `content` under a name, replacing an earlier blob. Atomic: readers see the whole blob or none, also after
   * a crash. Give the length of a stream (`bytes`) when it is known: a bucket otherwise collects the stream in memory
   * first.
   * @throws UnswapError `bad_option` for a name that is not allowed; `storage_failed` when storing fails
   */
  put(
    name: string,
    content: Uint8Array | Readable,
    options?: { type?: string; bytes?: number },
  ): Promise<BlobSize>
  /**
   * Stores a file of this machine under a name, as `put` does. The file may be gone afterwards: a folder on the same
   * disk moves it.
   * @throws as `put`
   */
  take(name: string, path: string, bytes: number): Promise<void>
  /** The bytes, or the range `start` to `end` (included), as a stream; null when there is no such blob. */
  get(name: string, range?: { start: number; end: number }): Promise<Readable | null>
  /** The size in bytes, or null when there is no such blob. */
  size(name: string): Promise<number | null>
  /** Removes a blob, if it exists. */
  delete(name: string): Promise<void>
  /** Removes every blob whose name starts with `prefix`, which ends with a slash. */
  deleteAll(prefix: string): Promise<void>
  /** Every blob whose name starts with `prefix` (empty: all), in any order. */
  list(prefix: string): AsyncIterable<BlobEntry>
  /** Path of a local file that holds the blob, for readers that must seek; null when the store has none. */
  path(name: string): string | null
  /** Resolves when the store can be read and written. */
  ping(): Promise<void>
  close(): void
}
