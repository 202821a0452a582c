import type { ModelFolder } from '@unswap/detector'
import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Blobs } from '../blobs/blobs.ts'
import type { Config } from '../config.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { Metrics } from '../metrics.ts'
import type { Database } from '../storage/database.ts'

/** All that answering requests needs, opened once by `openService` and passed down. */
export interface Service {
  readonly config: Readonly<Config>
  readonly log: Logger
  readonly db: Database
  readonly blobs: Blobs
  readonly queue: JobQueue
  readonly catalog: readonly ModelFolder[]
  readonly metrics: Metrics
  /** Reaches public addresses alone. */
  readonly agent: Dispatcher
  /** Of Unswap. */
  readonly version: string
  /** Fires when nobody will be working on jobs any more, so that nobody waits for them. */
  readonly stopping: AbortSignal
  /** Whether the models of this process itself are proven; always true of one that does not analyse. */
  modelsProven(): boolean
  close(): Promise<void>
}

/** What ends a service, or changes what it is, in the hands of who has opened it. */
export interface OpenedService extends Service {
  stop(): void
  /** Asks `proven` from now on whether the models of this process are. */
  setModelsProven(proven: () => boolean): void
}
