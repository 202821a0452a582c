// npm run test:scale: two APIs and three workers with PostgreSQL, Redis, an object store and nginx, on loopback.
// One of each kind is killed under load and restarted. Every analysis must complete exactly once, and every client must
// get its result. Prints figures; exits with 1 when something is lost.
import { randomUUID } from 'node:crypto'
import { globSync, openAsBlob } from 'node:fs'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeSmallPhotograph } from '../../bench/bench-media.ts'
import { freePort } from '../../packages/server/test/services/run-program.ts'
import { sendLoad } from './send-load.ts'
import { type Program, startProgram } from './start-program.ts'
import { query, startNginx, startPostgres, startRedis, startS3 } from './start-services.ts'

const MAIN = fileURLToPath(new URL('../../packages/server/src/main.ts', import.meta.url))
const ANALYSES = Number(process.argv[2] ?? 120)
const CLIENTS = 8
const APIS = 2
const WORKERS = 3
const DOWN_MS = 2000

const started: Program[] = []
const keep = <T extends Program | { program: Program }>(one: T): T => {
  started.push('program' in one ? one.program : one)
  return one
}
const folder = await mkdtemp(join(tmpdir(), 'unswap-scale-'))
await chmod(folder, 0o755)
try {
  const postgres = keep(await startPostgres(folder, globSync('/usr/lib/postgresql/*/bin')))
  const redis = keep(await startRedis(folder))
  const s3 = keep(await startS3(folder))
  const environment = {
    DATABASE_URL: postgres.address,
    REDIS_URL: redis.address,
    S3_ENDPOINT: s3.address,
    S3_BUCKET: 'media',
    S3_ACCESS_KEY_ID: 'S3RVER',
    S3_SECRET_ACCESS_KEY: 'S3RVER',
    UNSWAP_ACCESS_ANONYMOUS: 'anyone',
    // A client may reach the other process with its Idempotency-Key, from the same address.
    UNSWAP_ACCESS_ADDRESS_KEY: randomUUID(),
    UNSWAP_ACCESS_REQUESTS_PER_MINUTE: '0',
    UNSWAP_QUEUE_LEASE_SECONDS: '5',
    UNSWAP_QUEUE_ATTEMPTS: '10',
    UNSWAP_WORKER_THREADS: '1',
    UNSWAP_WORKER_CONCURRENCY: '2',
    UNSWAP_OBSERVE_LOG_LEVEL: 'warn',
  }
  const node = async (role: 'api' | 'worker', index: number) => {
    const port = await freePort()
    const program = keep(
      await startProgram({
        name: `${role} ${index + 1}`,
        command: [process.execPath, MAIN],
        environment: {
          ...environment,
          ROLE: role,
          UNSWAP_PORT: `${port}`,
          UNSWAP_DATA_DIR: join(folder, `${role}-${index}`),
        },
        probe: async () => {
          const answer = await fetch(`http://127.0.0.1:${port}/${role === 'api' ? 'livez' : 'readyz'}`)
          if (!answer.ok) throw new Error(`answers ${answer.status} ${await answer.text()}`)
        },
      }),
    )
    return { program, port }
  }
  const begin = performance.now()
  const apis = [await node('api', 0)]
  for (let i = 1; i < APIS; i++) apis.push(await node('api', i))
  const workers = await Promise.all(Array.from({ length: WORKERS }, (_, i) => node('worker', i)))
  const nginx = keep(
    await startNginx(
      folder,
      apis.map(({ port }) => port),
    ),
  )
  console.log(`${APIS} APIs and ${WORKERS} workers ready after ${seconds(begin)} s`)

  const victims = [workers[0]!, apis[0]!, redis, postgres, s3, nginx, workers[1]!, apis[1]!].map(
    ({ program }) => program,
  )
  const photograph = await openAsBlob(makeSmallPhotograph())
  const load = performance.now()
  const downs: Promise<void>[] = []
  const outcomes = await sendLoad(
    nginx.address,
    photograph,
    { clients: CLIENTS, analyses: ANALYSES },
    (done) => {
      const next = victims[downs.length]
      if (!next || done < ((downs.length + 1) * ANALYSES) / (victims.length + 2)) return
      console.log(`${seconds(load)} s, ${done} done: kill -9 ${next.name}`)
      const down = next.kill(DOWN_MS)
      // `Promise.all` below reports it. An unhandled rejection would end this script and leave programs running.
      down.catch(() => undefined)
      downs.push(down)
    },
  )
  const took = (performance.now() - load) / 1000
  await Promise.all(downs)

  const rows = await query(
    postgres.address,
    `select state, count(*)::int as count, max(attempts) as attempts,
       (count(*) filter (where attempts > 1))::int as again from analyses group by state`,
  )
  const [left] = await query(
    postgres.address,
    `select (select count(*)::int from reports) as reports, (select count(*)::int from jobs) as jobs,
       (select count(*)::int from evidence) as evidence`,
  )
  const waits = outcomes.map((one) => one.seconds).toSorted((a, b) => a - b)
  const retries = outcomes.reduce((sum, one) => sum + one.retries, 0)
  const at = (share: number) => waits[Math.floor(share * (waits.length - 1))]!.toFixed(1)
  console.log(
    `${outcomes.length} analyses in ${took.toFixed(0)} s by ${CLIENTS} clients: ${(outcomes.length / took).toFixed(1)} a second; ` +
      `p50 ${at(0.5)} s, p95 ${at(0.95)} s, longest ${at(1)} s; ${downs.length} kills; ${retries} requests asked again`,
  )
  console.log('analyses in the database:', rows, left)
  const why = 'select error_code, error_message from analyses where error_code is not null'
  for (const failure of await query(postgres.address, why)) console.log('failed:', failure)

  const ids = new Set(outcomes.map(({ id }) => id))
  const faults = [
    outcomes.every(({ state }) => state === 'completed') || 'a client was not given a completed analysis',
    ids.size === ANALYSES || `${ANALYSES} keys gave ${ids.size} analyses`,
    (rows.length === 1 && rows[0]!.state === 'completed') || 'an analysis has not completed',
    rows[0]?.count === ANALYSES || `${rows[0]?.count} analyses were made of ${ANALYSES} submissions`,
    left!.reports === ANALYSES || `${left!.reports} reports`,
    left!.jobs === 0 || `${left!.jobs} jobs are left`,
    downs.length === victims.length || `only ${downs.length} of ${victims.length} were killed`,
    (await unreadable(nginx.address, ids)) === 0 || 'a piece of evidence cannot be read',
    ...started.map(({ name, falls }) => falls === 0 || `${name} ended by itself ${falls} times`),
  ].filter((one) => one !== true)
  for (const fault of faults) console.error(`FAULT: ${fault}`)
  console.log(faults.length === 0 ? 'Nothing was lost.' : 'Something was lost.')
  process.exitCode = faults.length === 0 ? 0 : 1
} finally {
  for (const program of started.toReversed()) await program.stop()
  await rm(folder, { recursive: true, force: true })
}

/** How many evidence files cannot be fetched. The service draws them from files in the object store. */
async function unreadable(address: string, ids: ReadonlySet<string>): Promise<number> {
  let missing = 0
  for (const id of ids) {
    const analysis = (await (await fetch(`${address}/api/v1/analyses/${id}`)).json()) as {
      evidence: { name: string; href: string }[]
    }
    if (analysis.evidence.length === 0) missing++
    for (const { href } of analysis.evidence) {
      const { ok, status, body } = await fetch(new URL(href, address))
      await body?.cancel()
      if (ok) continue
      if (missing++ === 0) console.log(`${href}: ${status}`)
    }
  }
  return missing
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0)
}
