import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort, startProgram, stopProgram } from '../../../packages/server/test/services/run-program.ts'
import { startPostgres } from '../../../packages/server/test/services/start-postgres.ts'
import { startRedis } from '../../../packages/server/test/services/start-redis.ts'
import { startS3 } from '../../../packages/server/test/services/start-s3.ts'
import { type RunningNginx, startNginx } from './nginx.ts'
import { type RunningPrometheus, startPrometheus } from './prometheus.ts'

const MAIN = fileURLToPath(new URL('../../../packages/server/src/main.ts', import.meta.url))

export interface RunningStack {
  readonly nginx: RunningNginx
  readonly prometheus: RunningPrometheus
  /** Variables of the service, for commands on the same data. */
  readonly environment: Record<string, string>
  /** Ids of all started processes. */
  readonly pids: readonly number[]
  /** Kills the API process of this number. */
  killApi(index: number): Promise<void>
  stop(): Promise<void>
}

/** The scaled set of compose.yaml without containers: two API processes, a worker, stores, nginx, Prometheus. */
export async function startStack(): Promise<RunningStack> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-stack-'))
  const undo: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true, force: true })]
  const pids: number[] = []
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step()
  }
  try {
    const started = await Promise.all([startPostgres(), startRedis(), startS3()])
    for (const one of started) undo.push(() => one.stop())
    const [postgres, redis, s3] = started
    // As in compose.yaml, secrets come from files.
    const secrets = {
      DATABASE_URL: postgres.address,
      REDIS_URL: redis.address,
      S3_SECRET_ACCESS_KEY: 'S3RVER',
    }
    const environment: Record<string, string> = {
      PATH: process.env.PATH ?? '',
      S3_ENDPOINT: s3.address,
      S3_BUCKET: 'media',
      S3_ACCESS_KEY_ID: 'S3RVER',
      UNSWAP_DATA_DIR: join(folder, 'data'),
      UNSWAP_ACCESS_ANONYMOUS: 'never',
      UNSWAP_HTTP_TRUSTED_PROXIES: '127.0.0.1',
      UNSWAP_HTTP_PUBLIC_URL: 'https://localhost',
      UNSWAP_ACCESS_REQUESTS_PER_MINUTE: '0',
    }
    for (const [name, value] of Object.entries(secrets)) {
      environment[`${name}_FILE`] = join(folder, name)
      await writeFile(join(folder, name), `${value}\n`, { mode: 0o600 })
    }
    const processes = [] as { role: string; url: string; kill(): Promise<void> }[]
    for (const role of ['api', 'api', 'worker']) {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const dataDir = join(folder, `${role}-${port}`)
      const child = await startProgram(
        [
          '/usr/bin/env',
          ...Object.entries({
            ...environment,
            ROLE: role,
            UNSWAP_PORT: `${port}`,
            UNSWAP_DATA_DIR: dataDir,
          }).map(([name, value]) => `${name}=${value}`),
          process.execPath,
          MAIN,
        ],
        async () => {
          // A worker is ready after its models' self-test, an API process when it answers.
          const { ok } = await fetch(`${url}/${role === 'api' ? 'livez' : 'readyz'}`)
          if (!ok) throw new Error('not ready')
        },
      )
      pids.push(child.pid!)
      undo.push(() => stopProgram(child, 'SIGTERM'))
      processes.push({ role, url, kill: () => stopProgram(child, 'SIGKILL') })
    }
    const apis = processes.filter(({ role }) => role === 'api')
    const nginx = await startNginx(apis.map(({ url }) => url))
    undo.push(() => nginx.stop())
    const prometheus = await startPrometheus(processes, nginx.url)
    undo.push(() => prometheus.stop())
    return { nginx, prometheus, environment, pids, killApi: (index) => apis[index]!.kill(), stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}
