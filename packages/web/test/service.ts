import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'vite'

const ROOT = join(import.meta.dirname, '../../..')
const READY_MILLISECONDS = 60_000

export interface Service {
  readonly address: string
  readonly dataDir: string
  stop(): Promise<void>
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

/** The built pages behind the real service, with a folder of its own that is removed afterwards. */
export async function startService(settings: Record<string, string> = {}): Promise<Service> {
  const webDir = await mkdtemp(join(tmpdir(), 'unswap-web-'))
  const dataDir = await mkdtemp(join(tmpdir(), 'unswap-data-'))
  await build({
    configFile: join(ROOT, 'packages/web/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: webDir },
  })
  const port = await freePort()
  const child = spawn(process.execPath, ['packages/server/src/main.ts'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      UNSWAP_DATA_DIR: dataDir,
      UNSWAP_WEB_DIR: webDir,
      UNSWAP_PORT: String(port),
      UNSWAP_OBSERVE_LOG_LEVEL: 'warn',
      ...settings,
    },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part) => {
      output = (output + part).slice(-4000)
    })
  }
  const address = `http://127.0.0.1:${port}`
  await ready(child, address, () => output)
  return {
    address,
    dataDir,
    async stop() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
      await rm(webDir, { recursive: true, force: true })
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

async function ready(child: ChildProcess, address: string, output: () => string): Promise<void> {
  const until = Date.now() + READY_MILLISECONDS
  while (Date.now() < until) {
    if (child.exitCode !== null) throw new Error(`The service stopped at once:\n${output()}`)
    const answer = await fetch(`${address}/readyz`).catch(() => null)
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  child.kill('SIGKILL')
  throw new Error(`The service was not ready in time:\n${output()}`)
}
