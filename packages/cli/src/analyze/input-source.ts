import { createReadStream } from 'node:fs'
import { addAbortSignal, type Readable } from 'node:stream'
import { UnswapError } from '@unswap/contract'
import type { MediaSource } from '@unswap/detector'
import type { Input } from './expand-inputs.ts'

/**
 * Where the detector reads an input from. Pipes and stdin cannot be sought in, so they are read into memory.
 * @throws UnswapError limit_bytes, media_unreadable, bad_option (stdin is a terminal)
 */
export async function openSource(input: Input, bytes: number, signal: AbortSignal): Promise<MediaSource> {
  if (input.error) throw input.error
  if (input.from === 'file') return { path: input.path }
  if (input.path === '-' && process.stdin.isTTY) {
    throw new UnswapError('bad_option', '`-` reads a file from a pipe: unswap analyze - < photo.jpg')
  }
  const stream = input.path === '-' ? process.stdin : createReadStream(input.path)
  return { bytes: await readAll(addAbortSignal(signal, stream), bytes) }
}

async function readAll(stream: Readable, most: number): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  let total = 0
  try {
    for await (const chunk of stream) {
      total += chunk.length
      if (total > most) {
        throw new UnswapError('limit_bytes', `The stream is longer than the limit of ${most} bytes.`)
      }
      chunks.push(chunk)
    }
  } catch (thrown) {
    if (thrown instanceof UnswapError || (thrown as Error).name === 'AbortError') throw thrown
    throw new UnswapError('media_unreadable', `The stream cannot be read: ${(thrown as Error).message}`, {
      cause: thrown,
    })
  }
  return Buffer.concat(chunks, total)
}
