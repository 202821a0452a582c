import { createReadStream } from 'node:fs'
import type { MediaSource } from '../frame.ts'

/**
 * First eight bytes of a C2PA manifest store in every kind of file: the type of a JUMBF description box and the first
 * four bytes of the store's UUID (C2PA 2.2, 11.1.4.2). No container splits them.
 */
const MARK = Buffer.from('jumdc2pa', 'latin1')

/** Whether the media may have content credentials. Searches its bytes without parsing them. */
export async function mayHaveCredentials(source: MediaSource, signal?: AbortSignal): Promise<boolean> {
  if ('bytes' in source) return view(source.bytes).includes(MARK)
  let tail = Buffer.alloc(0)
  const stream = createReadStream(source.path, { highWaterMark: 1024 ** 2, ...(signal && { signal }) })
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    // The mark may lie across two chunks.
    if (chunk.includes(MARK) || Buffer.concat([tail, chunk.subarray(0, MARK.length)]).includes(MARK))
      return true
    tail = Buffer.from(chunk.subarray(-(MARK.length - 1)))
  }
  return false
}

const view = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
