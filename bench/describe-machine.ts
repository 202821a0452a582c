import { readFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os'

/** What the figures of a benchmark depend on. */
export function describeMachine() {
  const flags = tryRead('/proc/cpuinfo').match(/^flags\s*:(.*)$/m)?.[1] ?? ''
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    threads: availableParallelism(),
    vnni: /vnni|amx_int8/.test(flags),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
    loadBefore: Number(loadavg()[0]!.toFixed(1)),
  }
}

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
