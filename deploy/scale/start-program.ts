import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/** A program that is restarted after it was killed, as an orchestrator does. */
export interface Program {
  readonly name: string
  readonly kills: number
  /** How often it ended unasked and was restarted. */
  readonly falls: number
  /** Kills it and restarts it after `downMs` milliseconds; resolves when it answers. */
  kill(downMs: number): Promise<void>
  stop(): Promise<void>
}

export interface ProgramOptions {
  readonly name: string
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** Rejects until the program can be used. */
  readonly probe: () => Promise<unknown>
  readonly stopSignal?: NodeJS.Signals
}

const READY_MS = 120_000

/** Starts a program in a process group of its own and waits until it answers. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, command, environment, probe, stopSignal = 'SIGTERM' } = options
  let output = ''
  let kills = 0
  let falls = 0
  /** Whether it should be running: it has answered, and nobody ends it. */
  let relied = false
  let child: ChildProcess

  const spawnIt = () => {
    child = spawn(command[0]!, command.slice(1), {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (chunk) => (output = (output + chunk).slice(-4000)))
    child.once('exit', (status, signal) => {
      if (!relied) return
      falls++
      console.error(`${name} ended by itself (${signal ?? status}):\n${output}`)
      spawnIt()
    })
  }
  const start = async () => {
    spawnIt()
    for (const deadline = Date.now() + READY_MS; ; await pause(100)) {
      const fault = await probe().then(
        () => null,
        (error: unknown) => error,
      )
      if (fault === null) break
      // A program that ends because another is down is restarted, as orchestrators do.
      if (child.exitCode !== null && kills > 0) spawnIt()
      if (Date.now() < deadline && child.exitCode === null) continue
      throw new Error(`${name} did not start:\n${output}`, { cause: fault })
    }
    relied = true
  }
  const end = async (signal: NodeJS.Signals, target: number) => {
    relied = false
    if (child.exitCode !== null || child.signalCode !== null) return
    const ended = once(child, 'exit')
    process.kill(target, signal)
    await ended
  }

  await start()
  return {
    name,
    get kills() {
      return kills
    },
    get falls() {
      return falls
    },
    async kill(downMs) {
      kills++
      // Ends the whole group, with the program's children, as a container does.
      await end('SIGKILL', -child.pid!)
      await pause(downMs)
      await start()
    },
    stop: () => end(stopSignal, child.pid!),
  }
}
