import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

/** What ffmpeg writes to standard error (its `showinfo` filter and its decoders) while frames come out. */
export interface FfmpegLog {
  /** Presentation time, in ticks, of the n-th frame that passed the selection; NaN where it is unknown. */
  tick(n: number): Promise<number>
  /** Whether a decoder or demuxer has reported damage. */
  damaged(): boolean
  lastError(): string
  /** Whether ffmpeg stopped because its processor time was used up (SIGXCPU). */
  outOfTime(): boolean
}

/** Metadata from the file is printed on indented lines, so it cannot match these. */
const FRAME = /^\[Parsed_showinfo_\d+ @ \w+\] \[info\] n: *\d+ pts: *(-?\d+|NOPTS)/
const PROBLEM = /^\[.*\] \[(?:error|fatal|warning)\] |^\[(?:error|fatal)\] /
const OUT_OF_TIME = /received signal 24\b/
const DAMAGE = /corrupt|error while decoding|concealing|invalid data|ended prematurely|partial file|truncat/i

/** Reads ffmpeg's log while it is written. ffmpeg must run with `-loglevel level+info`. */
export function readFfmpegLog(stderr: Readable): FfmpegLog {
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
