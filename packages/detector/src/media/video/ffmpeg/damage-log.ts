import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** What ffmpeg's `showinfo` and its decoders say on standard error while frames come out on standard output. */
export interface FfmpegLog {
  /** Presentation time, in ticks, of the n-th frame that passed the selection; NaN where it is unknown. */
  tick(n: number): Promise<number>
  /** Whether a decoder or demuxer met damage. */
  damaged(): boolean
  lastError(): string
  /** Whether ffmpeg says that it had used up its processor time (SIGXCPU), which it takes for a wish to stop. */
  outOfTime(): boolean
}

/** Lines of a file's own metadata are indented, so they cannot pass for these. */
const FRAME = /^\[Parsed_showinfo_\d+ @ \w+\] \[info\] n: *\d+ pts: *(-?\d+|NOPTS)/
const PROBLEM = /^\[.*\] \[(?:error|fatal|warning)\] |^\[(?:error|fatal)\] /
const OUT_OF_TIME = /received signal 24\b/
const DAMAGE = /corrupt|error while decoding|concealing|invalid data|ended prematurely|partial file|truncat/i

/** Reads ffmpeg's log, written with `-loglevel level+info`, as it comes. */
export function readLog(stderr: Readable): FfmpegLog {
  const ticks: number[] = []
  let damaged = false
  let lastError = 'no message'
  let ended = false
  let outOfTime = false
  let wake = () => {}
  const read = (line: string) => {
    const pts = FRAME.exec(line)?.[1]
    if (pts !== undefined) ticks.push(Number(pts))
    else if (OUT_OF_TIME.test(line)) outOfTime = true
    else if (PROBLEM.test(line)) {
      lastError = line
      damaged ||= DAMAGE.test(line)
    }
    wake()
  }
  createInterface({ input: stderr })
    .on('line', read)
    .on('close', () => {
      ended = true
      wake()
    })
  return {
    async tick(n) {
      while (ticks.length <= n && !ended) await new Promise<void>((resolve) => (wake = resolve))
      return ticks[n] ?? Number.NaN
    },
    damaged: () => damaged,
    lastError: () => lastError,
    outOfTime: () => outOfTime,
  }
}
