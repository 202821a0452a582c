import { open } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { UnswapError } from '@unswap/contract'
import type { MediaFormat } from '../kind.ts'
import { WALKS, type Walk } from './walks.ts'

/**
 * Pages, frames or segments that a picture may have; albums and animations of people have far fewer. libvips looks at all
 * of them before it opens the first, in a time that grows with the square of the number of frames: two megabytes of
 * empty ones took seconds, and more would take hours, in which nobody could stop it.
 */
const MOST_PARTS = 10_000

/** Bytes that are at hand at a time, so that a long file neither fills the memory nor keeps others waiting. */
const WINDOW = 64 * 1024

/**
 * Counts the parts of a picture by its headers alone.
 * @param content As `OpenedSource.content` gives it.
 * @throws UnswapError `limit_frames` where there are more than are looked at.
 */
export async function checkParts(content: Uint8Array | string, format: MediaFormat['format']): Promise<void> {
  const walk = WALKS[format]
  if (walk === undefined) return
  if (typeof content !== 'string') {
    return count(walk, content.length, (at) => content.subarray(at, at + WINDOW))
  }
  const file = await open(content)
  try {
    await count(walk, (await file.stat()).size, async (at) => {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(WINDOW), 0, WINDOW, at)
      return buffer.subarray(0, bytesRead)
    })
  } finally {
    await file.close()
  }
}

async function count(
  walk: Walk,
  size: number,
  read: (at: number) => Uint8Array | Promise<Uint8Array>,
): Promise<void> {
  const steps = walk()
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
