import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../packages/cli/src/main.ts', import.meta.url))

/**
 * Most megabytes held at once: `together` by `unswap analyze` and its decoder, sampled every 10 ms; `alone` by the
 * command, as the kernel counts it. Linux only: null elsewhere.
 */
export async function peakMemory(path: string): Promise<{ together: number; alone: number } | null> {
  if (process.platform !== 'linux') return null
  const command = ['--initial-heap-size=128', MAIN, 'analyze', '--quiet', '--json', '--threads=2', path]
  const child = spawn(process.execPath, command, { stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  let together = 0
  let alone = 0
  while (child.exitCode === null && child.signalCode === null) {
    together = Math.max(together, residentMemory(child.pid!))
    alone = Math.max(alone, field(child.pid!, 'VmHWM'))
    await sleep(10)
  }
  if ((await ended) !== 0) throw new Error(`The command failed on ${path}.`)
  return { together, alone }
}

/** Megabytes that a process and all that it has started hold now, what they share counted in each. */
function residentMemory(pid: number): number {
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + field(one, 'VmRSS'), 0)
}

/** Megabytes that a process and all that it has started hold now, what they share counted once. */
export function sharedMemory(pid: number): number {
  const kilobytes = (one: number) => /^Pss:\s+(\d+)/m.exec(read(`/proc/${one}/smaps_rollup`))?.[1]
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + Number(kilobytes(one) ?? 0) / 1000, 0)
}

/** Seconds of processor time that a process and all that it has started have used. */
export function processorSeconds(pid: number): number {
  const ticks = (one: number) => {
    const fields = read(`/proc/${one}/stat`).split(') ')[1]?.split(' ') ?? []
    return Number(fields[11] ?? 0) + Number(fields[12] ?? 0)
  }
  return [pid, ...descendants(pid)].reduce((sum, one) => sum + ticks(one) / 100, 0)
}

/** Processes that a process has started, and those that they have. */
export function descendants(pid: number): number[] {
  const tasks = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean).map(Number)
  return tasks.flatMap((task) => [task, ...descendants(task)])
}

/** A field of a process's status in megabytes; 0 once it has gone. */
function field(pid: number, name: string): number {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read(`/proc/${pid}/status`))?.[1]
  return Number(kilobytes ?? 0) / 1000
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
