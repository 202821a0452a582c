// Runs the HTTP side, the worker, or both (`ROLE`), until a signal comes.
import { toUnswapError } from '@unswap/contract'
import type { DestinationStream } from 'pino'
import { loadConfig, unknownVariables } from '../environment.ts'
import { createLog } from '../log.ts'
import { startBackgroundTasks } from './background-tasks.ts'
import { buildApp, buildProbeApp } from './build-app.ts'
import { openService } from './open-service.ts'
import { startAnalysing } from './start-analysing.ts'

export interface RunServiceOptions {
  /** Module with `openAnalyzer`; the detector's by default. */
  readonly analyzer?: URL
  /** Where the log goes; standard output by default. */
  readonly destination?: DestinationStream
}

/**
 * Runs the service until a signal ends the process. An error at the start ends the process, too: status 2 for a wrong
 * configuration, 1 for all others.
 */
export async function runService({ analyzer, destination }: RunServiceOptions = {}): Promise<void> {
  const config = start(loadConfig)
  const log = createLog(config.observe.logLevel, destination)
  for (const name of unknownVariables())
    log.warn({ variable: name }, 'no setting has this variable; is it misspelt?')

  if (config.access.anonymous === 'anyone' && config.access.addressKey === '') {
    log.warn(
      'callers without a key are told apart by address under a key of this start alone: set UNSWAP_ACCESS_ADDRESS_KEY (`openssl rand -hex 32`), the same for every process, so that Idempotency-Key and quotas hold across restarts and processes',
    )
  }

  try {
    const service = await openService(config, log)
    const app = await (config.role === 'worker' ? buildProbeApp(service) : buildApp(service))
    await app.listen({ host: config.http.host, port: config.http.port })
    const tasks = startBackgroundTasks(service)
    const worker = config.role === 'api' ? null : await startAnalysing(service, analyzer)
    log.info(
      { role: config.role, models: worker?.models.map(({ id, variant }) => `${id}/${variant}`) },
      'ready',
    )

    let stopping = false
    const stop = async (signal: string) => {
      if (stopping) process.exit(1)
      stopping = true
      log.info({ signal }, 'stopping: running work may finish, the rest goes back to the queue')
      const closed = app.close()
      await worker?.stop(config.http.shutdownSeconds * 1000)
      // Requests that wait for a result are answered now, with where to find it later.
      service.stop()
      await closed
      await tasks.stop()
      await service.close()
      log.info('stopped')
      process.exit(0)
    }
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(signal))
  } catch (thrown) {
    const error = toUnswapError(thrown)
    log.fatal({ err: thrown, code: error.code }, error.message)
    process.exit(1)
  }
}

function start<T>(load: () => T): T {
  try {
    return load()
  } catch (thrown) {
    process.stderr.write(`${toUnswapError(thrown).message}\n`)
    process.exit(2)
  }
}
