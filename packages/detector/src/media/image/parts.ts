import { open } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { UnswapError } from '@unswap/contract'
import type { MediaFormat } from '../sniff-format.ts'
import { SCANNERS, type Scanner } from './part-scanners.ts'

/**
 * Most pages, frames or segments of a picture; real albums and animations have far fewer. libvips reads all of them
 * before it opens the first, in time quadratic in their number: 2 MB of empty frames took seconds, more would take hours.
 * It cannot be interrupted meanwhile.
 */
const MOST_PARTS = 10_000

/** Bytes read at a time, so that a long file neither fills the memory nor blocks the thread. */
const WINDOW = 64 * 1024

/**
 * Counts the parts of a picture by its headers alone.
 * @param content as `OpenedSource.content` gives it
 * @throws UnswapError `limit_frames` above `MOST_PARTS`
 */
export async function checkParts(content: Uint8Array | string, format: MediaFormat['format']): Promise<void> {
  const scanner = SCANNERS[format]
  if (scanner === undefined) return
  if (typeof content !== 'string') {
    return count(scanner, content.length, (at) => content.subarray(at, at + WINDOW))
  }
  const file = await open(content)
  try {
    await count(scanner, (await file.stat()).size, async (at) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(WINDOW), 0, WINDOW, at)
      return buffer.subarray(0, bytesRead)
    })
  } finally {
    await file.close()
  }
}

async function count(
  scanner: Scanner,
  size: number,
  read: (at: number) => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  const steps = scanner()
  let [parts, start, bytes] = [0, 0, new Uint8Array() as Uint8Array]
  for (let step = steps.next(); !step.done; ) {
    if (step.value === 'part') {
      if (++parts > MOST_PARTS) throw tooMany()
      step = steps.next()
      continue
    }
    const { at, length } = step.value
    if (at + length > size) return
    if (at < start || at + length > start + bytes.length) {
      await breathe()
      ;[start, bytes] = [at, await read(at)]
    }
    step = steps.next(bytes.subarray(at - start, at - start + length))
  }
}

const tooMany = () =>
  new UnswapError(
    'limit_frames',
    `The picture has more than ${MOST_PARTS} pages, frames or segments; save the first one as a picture of its own.`,
  )
