import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A server of another project, running for the tests of this file. */
export interface RunningService {
  /** How clients reach it. */
  readonly address: string
  stop(): Promise<void>
}

const READY_MS = 30_000

/** The program in one of the folders or on the path. A missing one is a failed test, never a skipped one. */
export function findProgram(name: string, folders: readonly string[], install: string): string {
  const everywhere = [...folders, ...(process.env.PATH ?? '').split(delimiter)]
  const found = everywhere.map((folder) => join(folder, name)).find((file) => existsSync(file))
  if (found) return found
  throw new Error(`These tests need ${name}. Install it: ${install}`)
}

/** A port on loopback that is free now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** Starts a program and waits until `probe` succeeds; what it wrote is told when it does not. */
export async function startProgram(
  command: readonly string[],
  probe: () => Promise<unknown>,
): Promise<ChildProcess> {
  const [program, ...args] = command
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
  const deadline = Date.now() + READY_MS
  for (;;) {
    try {
      await probe()
      return child
    } catch (cause) {
      const over = child.exitCode !== null || Date.now() > deadline
      if (over) throw new Error(`${program} did not start:\n${output}`, { cause })
      await pause(50)
    }
  }
}

/** Ends a program by its process id and waits for it. */
export async function stopProgram(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}
