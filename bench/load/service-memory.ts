import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { descendants } from '../process-memory.ts'
import { trendOf } from './trend.ts'

/** What a service holds at one moment. */
interface Sample {
  readonly minutes: number
  /** Resident megabytes of the process that answers. */
  readonly serviceMB: number
  /** The same of those that analyse; decoders come and go, so they are left out. */
  readonly analysingMB: number
  /** Open files, sockets and pipes of the same processes. */
  readonly handles: number
  /** Uploads, copies and half-written blobs in the data folder, and what decoders keep in a folder for temporary files. */
  readonly temporaries: number
  readonly processes: number
}

const SAMPLE_MS = 2000
/** Share of the time that caches and heaps are given to fill. */
const WARM = 1 / 3

/** Watches a service until told to stop; then says what it held and whether that grew. Linux only. */
export function watchService(pid: number, dataDir: string) {
  const start = performance.now()
  const samples: Sample[] = []
  const timer = setInterval(() => samples.push(sample(pid, dataDir, start)), SAMPLE_MS)
  return {
    stop() {
      clearInterval(timer)
      const end = samples.at(-1)?.minutes ?? 0
      const settled = samples.filter(({ minutes }) => minutes >= end * WARM)
      const minutes = settled.map((one) => one.minutes)
      const trend = (of: (one: Sample) => number) => {
        const all = samples.map(of)
        return {
          first: all[0],
          last: all.at(-1),
          most: Math.max(...all),
          ...trendOf(minutes, settled.map(of)),
        }
      }
      return {
        samples: samples.length,
        settledMinutes: end * (1 - WARM),
        serviceMB: trend((one) => one.serviceMB),
        analysingMB: trend((one) => one.analysingMB),
        handles: trend((one) => one.handles),
        temporaries: trend((one) => one.temporaries),
        mostProcesses: Math.max(...samples.map((one) => one.processes)),
      }
    },
    now: () => sample(pid, dataDir, start),
  }
}

function sample(pid: number, dataDir: string, start: number): Sample {
  const all = [pid, ...descendants(pid)]
  const lasting = all.filter((one) =>
    /\/node$|^node/.test(tryRead(`/proc/${one}/cmdline`).split('\0')[0] ?? ''),
  )
  const analysing = lasting.filter((one) => one !== pid)
  const handles = lasting.reduce((sum, one) => sum + tryList(`/proc/${one}/fd`).length, 0)
  const inData = ['spool', 'work', 'blobs/.incoming', 'tmp'].flatMap((name) => tryList(join(dataDir, name)))
  return {
    minutes: (performance.now() - start) / 60_000,
    serviceMB: resident(pid),
    analysingMB: analysing.reduce((sum, one) => sum + resident(one), 0),
    handles,
    temporaries: inData.length,
    processes: all.length,
  }
}

const resident = (pid: number) =>
  Number(/^VmRSS:\s+(\d+)/m.exec(tryRead(`/proc/${pid}/status`))?.[1] ?? 0) / 1000

function tryRead(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function tryList(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
