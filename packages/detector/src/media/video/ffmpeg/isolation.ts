import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Limits } from '@unswap/contract'
import { execa } from 'execa'

/** How far the process that decodes a video is shut off by the system, besides ffmpeg's own rules. */
export interface Isolation {
  /** Nothing but its input and the system's libraries can be read, and nothing written. */
  readonly files: boolean
  /** Not even this machine's own services can be reached. */
  readonly network: boolean
  /** Processor time, memory, open files and written bytes are bounded. */
  readonly resources: boolean
}

export type DecoderProgram = 'ffmpeg' | 'ffprobe'

/** What a decoding process may use. */
export interface Bounds {
  /** Pixels of the largest picture that it has to hold. */
  readonly pixels: number
  readonly seconds: Limits['seconds']
  /** Threads whose processor time adds up. */
  readonly threads: number
}

/** What ffmpeg maps before it decodes anything, with room to spare. */
const BASE_BYTES = 2 * 1024 ** 3
/** Twenty pictures that a codec may refer to, at 3 bytes a pixel (4:2:0 of 10 bits). */
const BYTES_PER_PIXEL = 60
const OPEN_FILES = 64
/** Where the input lies for a decoder that sees no other file. */
const INPUT = '/input'
/** Folders of programs and libraries; those that a system lacks are left out. */
const SYSTEM = ['/usr', '/bin', '/lib', '/lib64', '/nix/store', '/gnu/store', '/home/linuxbrew/.linuxbrew']
const LINKS = ['/etc/ld.so.cache', '/etc/alternatives']
const OFFLINE = ['unshare', '--user', '--map-current-user', '--net', '--']

const found = new Map<string, Promise<Isolation>>()

/** What of isolation works on this machine, by trying it; asked once for each search path of programs. */
export async function probeIsolation(): Promise<Isolation> {
  const path = process.env.PATH ?? ''
  const known = found.get(path) ?? tryIsolation()
  found.set(path, known)
  return known
}

async function tryIsolation(): Promise<Isolation> {
  if (process.platform !== 'linux') return { files: false, network: false, resources: false }
  const program = await locate('ffprobe')
  const least = limits({ pixels: 1, seconds: 60, threads: 1 })
  // Where all of it works, which is the rule, one start of the decoder tells.
  if (await works([...least, ...sandbox(program, program), program, '-version']))
    return { files: true, network: true, resources: true }
  const [files, offline, resources] = await Promise.all([
    works([...sandbox(program, program), program, '-version']),
    works([...OFFLINE, program, '-version']),
    works([...least, program, '-version']),
  ])
  return { files, network: files || offline, resources }
}

async function works([program, ...options]: readonly string[]): Promise<boolean> {
  const { failed } = await execa(program!, options, { ...ALONE(), reject: false })
  return !failed
}

/**
 * The command that runs a decoder on one file as isolated as this machine can.
 * @param options Given the path by which the decoder sees the file, its options.
 */
export async function isolatedCommand(
  program: DecoderProgram,
  path: string,
  bounds: Bounds,
  options: (path: string) => readonly string[],
): Promise<readonly [program: string, options: string[]]> {
  const { files, network, resources } = await probeIsolation()
  const real = files ? await locate(program) : program
  const command = [
    ...(resources ? limits(bounds) : []),
    ...(files ? sandbox(real, path) : network ? OFFLINE : []),
    real,
    ...options(files ? INPUT : path),
  ]
  return [command[0]!, command.slice(1)]
}

/** How a decoding process is started: it inherits no secret, no proxy and no setting of ffmpeg from the environment. */
export const ALONE = () =>
  ({
    extendEnv: false,
    env: Object.fromEntries(
      ['PATH', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'GLIBC_TUNABLES', 'SystemRoot', 'TEMP'].flatMap(
        (name) => {
          const value = process.env[name]
          return value === undefined ? [] : [[name, value]]
        },
      ),
    ),
    stdin: 'ignore',
    killSignal: 'SIGKILL',
    detached: process.platform !== 'win32', // a group of its own, so that `endGroup` reaches all of it
  }) as const

/** A decoding process that was started with `ALONE`. */
interface Started {
  readonly pid?: number | undefined
  /** False where it has ended already. */
  kill(): boolean
}

/**
 * Ends a decoding process and what it has started. Of a sandbox that is ended while it starts, a child is left that has
 * not yet bound its life to it: it would wait for ever and hold the pipes open.
 */
export function endGroup(started: Started): void {
  if (!started.kill() || started.pid === undefined || process.platform === 'win32') return
  try {
    process.kill(-started.pid, 'SIGKILL')
  } catch {
    // nobody is left in it
  }
}

/** Ends the group as soon as the signal is aborted. */
export function endGroupOn(signal: AbortSignal, started: Started): void {
  if (signal.aborted) endGroup(started)
  else signal.addEventListener('abort', () => endGroup(started), { once: true })
}

/** Whether a decoding process was ended for its processor time: by the signal itself, or as a wrapper tells it. */
export function outOfProcessorTime(ended: { signal?: string | undefined; exitCode?: number | undefined }) {
  return ended.signal === 'SIGXCPU' || ended.exitCode === 128 + 24
}

/** The signal that ended a decoding process, undefined where none did; a sandbox tells it as an exit status. */
export function endedBySignal(ended: { signal?: string | undefined; exitCode?: number | undefined }) {
  const { signal, exitCode = 0 } = ended
  return signal ?? (exitCode > 128 && exitCode <= 128 + 64 ? `signal ${exitCode - 128}` : undefined)
}

function limits({ pixels, seconds, threads }: Bounds): string[] {
  const processor = Math.ceil(seconds) * threads
  return [
    'prlimit',
    // The soft limit asks, the hard one kills.
    `--cpu=${processor}:${processor + 2}`,
    `--as=${BASE_BYTES + Math.ceil(pixels) * BYTES_PER_PIXEL}`,
    `--nofile=${OPEN_FILES}`,
    '--fsize=0',
    '--core=0',
    '--',
  ]
}

/** Namespaces of its own for everything; the file system holds programs, libraries and the one input. */
function sandbox(program: string, path: string): string[] {
  const own = dirname(program)
  return [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...[...SYSTEM, ...LINKS].flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...(SYSTEM.some((folder) => own.startsWith(`${folder}/`)) ? [] : ['--ro-bind', own, own]),
    ...['--dev', '/dev', '--ro-bind', path, INPUT, '--remount-ro', '/', '--chdir', '/', '--'],
  ]
}

/** Absolute path of a program without links; its bare name where there is none. */
async function locate(program: string): Promise<string> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder || '.', program)
    const executable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (executable) return realpath(candidate)
  }
  return program
}
