import { constants } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Limits } from '@unswap/contract'
import { execa } from 'execa'

/** How far the system isolates the process that decodes a video, besides ffmpeg's own rules. */
export interface Isolation {
  /** It can read only its input and the system's libraries, and write nothing. */
  readonly files: boolean
  /** It cannot reach the network, nor services on this machine. */
  readonly network: boolean
  /** Its processor time, memory, open files and written bytes are limited. */
  readonly resources: boolean
}

export type DecoderProgram = 'ffmpeg' | 'ffprobe'

/** Resources that a decoding process may use. */
export interface Bounds {
  /** Pixels of the largest picture. */
  readonly pixels: number
  readonly seconds: Limits['seconds']
  /** Threads; the limit of processor time is for all of them together. */
  readonly threads: number
}

/** Address space that ffmpeg maps before it decodes anything, rounded up generously. */
const BASE_BYTES = 2 * 1024 ** 3
/** Twenty reference pictures at 3 bytes a pixel (4:2:0, 10 bits). */
const BYTES_PER_PIXEL = 60
const OPEN_FILES = 64
/** Path of the input inside the sandbox. */
const INPUT = '/input'
/** Folders of programs and libraries. Those that do not exist are skipped. */
const SYSTEM = ['/usr', '/bin', '/lib', '/lib64', '/nix/store', '/gnu/store', '/home/linuxbrew/.linuxbrew']
const LINKS = ['/etc/ld.so.cache', '/etc/alternatives']
const OFFLINE = ['unshare', '--user', '--map-current-user', '--net', '--']

const found = new Map<string, Promise<Isolation>>()

/** Which isolation works on this machine, found by trying it once for each value of PATH. */
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
  // Usually everything works, and one start of the decoder shows it.
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
  const { failed } = await execa(program!, options, { ...isolatedProcessOptions(), reject: false })
  return !failed
}

/**
 * The command that runs a decoder on one file, as isolated as this machine allows.
 * @param options the decoder's options, given the path at which it sees the file
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

/** Options of execa for a decoding process. It inherits no secrets, proxies or ffmpeg settings from the environment. */
export const isolatedProcessOptions = () =>
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
    detached: process.platform !== 'win32', // a process group of its own, for `killGroup`
  }) as const

/** A decoding process that was started with `isolatedProcessOptions`. */
interface Started {
  readonly pid?: number | undefined
  /** False where it has ended already. */
  kill(): boolean
}

/**
 * Kills a decoding process and its children. A sandbox that is killed while it starts leaves a child that is not yet
 * tied to it; the child would wait for ever and hold the pipes open.
 */
export function killGroup(started: Started): void {
  if (!started.kill() || started.pid === undefined || process.platform === 'win32') return
  try {
    process.kill(-started.pid, 'SIGKILL')
  } catch {
    // the group has ended already
  }
}

/** Kills the group once the signal aborts. */
export function killGroupOn(signal: AbortSignal, started: Started): void {
  if (signal.aborted) killGroup(started)
  else signal.addEventListener('abort', () => killGroup(started), { once: true })
}

/** Whether a process ended because its processor time was used up, by the signal or by a wrapper's exit status. */
export function outOfProcessorTime(ended: { signal?: string | undefined; exitCode?: number | undefined }) {
  return ended.signal === 'SIGXCPU' || ended.exitCode === 128 + 24
}

/** The signal that ended a process, undefined where none did. A sandbox reports it as an exit status above 128. */
export function endedBySignal(ended: { signal?: string | undefined; exitCode?: number | undefined }) {
  const { signal, exitCode = 0 } = ended
  return signal ?? (exitCode > 128 && exitCode <= 128 + 64 ? `signal ${exitCode - 128}` : undefined)
}

function limits({ pixels, seconds, threads }: Bounds): string[] {
  const processor = Math.ceil(seconds) * threads
  return [
    'prlimit',
    // The soft limit sends SIGXCPU, the hard one kills.
    `--cpu=${processor}:${processor + 2}`,
    `--as=${BASE_BYTES + Math.ceil(pixels) * BYTES_PER_PIXEL}`,
    `--nofile=${OPEN_FILES}`,
    '--fsize=0',
    '--core=0',
    '--',
  ]
}

/** All namespaces are separate. The file system holds programs, libraries and the one input. */
function sandbox(program: string, path: string): string[] {
  const own = dirname(program)
  return [
    ...['bwrap', '--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...[...SYSTEM, ...LINKS].flatMap((folder) => ['--ro-bind-try', folder, folder]),
    ...(SYSTEM.some((folder) => own.startsWith(`${folder}/`)) ? [] : ['--ro-bind', own, own]),
    ...['--dev', '/dev', '--ro-bind', path, INPUT, '--remount-ro', '/', '--chdir', '/', '--'],
  ]
}

/** Absolute path of a program with links resolved; its bare name where PATH does not have it. */
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
