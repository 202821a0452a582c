import { buildApp } from '../boot/build-app.ts'
import type { Service } from '../boot/service.ts'
import { loadConfig } from '../environment.ts'
import { createLog } from '../log.ts'
import { createMetrics } from '../metrics.ts'

/**
 * The OpenAPI 3.1 description of the API, from the schemas of the routes. Nothing is opened, for no route is called.
 */
export async function describeApi(): Promise<string> {
  const config = loadConfig({ environment: {} })
  const queue = { stats: async () => ({ queued: 0, running: 0, oldestSeconds: null }) }
  const service = {
    config,
    queue,
    log: createLog('silent'),
    metrics: createMetrics(queue.stats),
    catalog: [],
    version: '1',
  } as unknown as Service
  const app = await buildApp(service)
  await app.ready()
  const description = app.swagger()
  await app.close()
  return `${JSON.stringify(description, null, 2)}\n`
}
