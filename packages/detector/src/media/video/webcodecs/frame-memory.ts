import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** Bytes of released frames after which V8's young generation, or its whole heap, is collected. */
const YOUNG_BYTES = 32 * 1024 ** 2
const WHOLE_BYTES = 512 * 1024 ** 2

type Collect = (options: { type: 'minor' | 'major' }) => void

let collect: Collect | undefined
let released = { young: 0, whole: 0 }

/**
 * Reports that a native frame of that many bytes has been closed. The codec package frees a frame's memory only when its
 * JavaScript object is collected. V8 counts a few bytes per object, and would let gigabytes pile up.
 */
export function frameReleased(bytes: number): void {
  released = { young: released.young + bytes, whole: released.whole + bytes }
  if (released.whole > WHOLE_BYTES) {
    released = { young: 0, whole: 0 }
    collector()({ type: 'major' })
  } else if (released.young > YOUNG_BYTES) {
    released.young = 0
    collector()({ type: 'minor' })
  }
}

function collector(): Collect {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc')
    collect = runInNewContext('gc') as Collect
  }
  return collect
}
