import type { Readable } from 'node:stream'

/** How many bytes a stored blob has. */
interface BlobSize {
  readonly bytes: number
}

/** A name found by `list`, with the time of its last change in milliseconds since 1970. */
export interface BlobEntry extends BlobSize {
  readonly name: string
  readonly changedAt: number
}

/**
 * Where media and evidence lie: a folder, or a bucket that speaks S3. Names are `part/part/…` of letters, digits and
 * `._-`, no part starting with a dot.
 */
export interface Blobs {
  /**
   * Stores all of `content` under a name, or nothing: a reader sees the whole blob or none, also after a crash.
   * An earlier blob of that name is replaced. Say the length of a stream (`bytes`) where it is known: a bucket needs it
   * beforehand, and otherwise gathers the stream in memory.
   * @throws UnswapError `bad_option` for a name that is not allowed; `storage_failed` when storing fails.
   */
  put(
    name: string,
    content: Uint8Array | Readable,
    options?: { type?: string; bytes?: number },
  ): Promise<BlobSize>
  /**
   * Stores a file of this machine under a name, as `put` does. The file may be gone from its place afterwards: a folder on
   * the same disk takes it over without reading it.
   * @throws as `put`
   */
  take(name: string, path: string, bytes: number): Promise<void>
  /** The bytes, or a part of them (`end` included), as a stream; null when there is no such blob. */
  get(name: string, range?: { start: number; end: number }): Promise<Readable | null>
  /** The size, or null when there is no such blob. */
  size(name: string): Promise<number | null>
  /** Removes a blob; nothing happens when there is none. */
  delete(name: string): Promise<void>
  /** Removes every blob whose name starts with `prefix`, which ends with a slash. */
  deleteAll(prefix: string): Promise<void>
  /** Every blob whose name starts with `prefix` (empty: all), in any order. */
  list(prefix: string): AsyncIterable<BlobEntry>
  /** A file on this machine that holds the blob, for readers that must seek; null where there is no such file. */
  path(name: string): string | null
  /** Resolves when the store can be read and written. */
  ping(): Promise<void>
  close(): void
}
