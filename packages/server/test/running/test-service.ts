import { mkdtemp, readdir, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnalysisResource, isFinal } from '@unswap/contract'
import type { FastifyInstance } from 'fastify'
import type { DestinationStream } from 'pino'
import sharp from 'sharp'
import { createApiKey } from '../../src/access/api-keys.ts'
import { buildApp } from '../../src/boot/build-app.ts'
import { openService } from '../../src/boot/open-service.ts'
import type { OpenedService } from '../../src/boot/service.ts'
import { startAnalysing } from '../../src/boot/start-analysing.ts'
import { type ConfigSources, loadConfig } from '../../src/environment.ts'
import { createLog } from '../../src/log.ts'
import { writeModels } from './write-models.ts'

export interface TestService {
  readonly app: FastifyInstance
  readonly service: OpenedService
  /** Data folder. */
  readonly folder: string
  /** Address, once `listen` was asked for. */
  readonly url: string
  /** A header with a new key. */
  key(...scopes: ('analyze' | 'read' | 'feedback' | 'admin')[]): Promise<{ authorization: string }>
  /** Files below the data folder that could hold media or evidence. */
  stored(): Promise<string[]>
  /** Resolves when no job waits or runs. */
  idle(): Promise<void>
  close(): Promise<void>
}

export interface TestServiceOptions {
  readonly config?: NonNullable<ConfigSources['overrides']>
  /** Whether jobs are worked on; true by default. */
  readonly work?: boolean
  readonly listen?: boolean
  readonly log?: DestinationStream
}

/** The whole service on a folder of its own, with a stand-in for the models. */
export async function runTestService({
  config = {},
  work = true,
  listen = false,
  log,
}: TestServiceOptions = {}): Promise<TestService> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-test-'))
  await writeModels(join(folder, 'models'))
  const loaded = loadConfig({
    environment: {},
    overrides: {
      dataDir: join(folder, 'data'),
      modelsDir: join(folder, 'models'),
      webDir: join(folder, 'web'),
      // A machine that is busy with other tests must not look like a service that is.
      pressure: { eventLoopMilliseconds: 600_000 },
      ...config,
    },
  })
  const service = await openService(loaded, createLog(log ? 'trace' : 'silent', log))
  const app = await buildApp(service)
  const worker = work
    ? await startAnalysing(service, new URL('./stand-in-analyzer.ts', import.meta.url))
    : null
  const url = listen ? await app.listen({ host: '127.0.0.1', port: 0 }) : ''
  await app.ready()
  return {
    app,
    service,
    folder,
    url,
    key: async (...scopes) => {
      const { secret } = await createApiKey(service.db, { name: scopes.join('+'), scopes })
      return { authorization: `Bearer ${secret}` }
    },
    stored: async () => {
      const found: string[] = []
      for (const name of ['spool', 'blobs', 'work']) {
        const all = await readdir(join(folder, 'data', name), { recursive: true }).catch(() => [])
        for (const file of all) {
          const path = join(folder, 'data', name, file)
          if ((await stat(path).catch(() => null))?.isFile()) found.push(`${name}/${file}`)
        }
      }
      return found
    },
    idle: async () => {
      for (;;) {
        const { queued, running } = await service.queue.stats()
        if (queued + running === 0) return
        await new Promise((done) => setTimeout(done, 20))
      }
    },
    close: async () => {
      service.stop()
      await worker?.stop(0)
      await app.close()
      await service.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The analysis once it has ended. */
export async function untilEnded({ app }: TestService, id: string): Promise<AnalysisResource> {
  for (;;) {
    const analysis = (await app.inject(`/api/v1/analyses/${id}`)).json() as AnalysisResource
    if (isFinal(analysis.state)) return analysis
    await new Promise((done) => setTimeout(done, 20))
  }
}

let shade = 0

/** A small picture unlike any before it. */
export async function picture(width = 64, height = 48): Promise<Buffer> {
  shade++
  const background = { r: shade % 256, g: (shade * 7) % 256, b: (shade >> 8) % 256 }
  return sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer()
}

/** A form as `inject` and `fetch` take it. */
export function form(parts: Record<string, string | Buffer | Buffer[]>, name = 'a.png'): FormData {
  const data = new FormData()
  for (const [field, value] of Object.entries(parts)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (typeof one === 'string') data.append(field, one)
      else data.append(field, new Blob([new Uint8Array(one)]), name)
    }
  }
  return data
}
