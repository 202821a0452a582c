import type { ModelFolder } from '@unswap/detector'
import type { Logger } from 'pino'
import type { Dispatcher } from 'undici'
import type { Blobs } from '../blobs/blobs.ts'
import type { Config } from '../config.ts'
import type { FetchSlots } from '../fetch/fetch-slots.ts'
import type { JobQueue } from '../jobs/job-queue.ts'
import type { Metrics } from '../metrics.ts'
import type { Database } from '../storage/database.ts'

/** Everything that routes and background tasks need, opened once by `openService` and passed down. */
export interface Service {
  readonly config: Readonly<Config>
  readonly log: Logger
  readonly db: Database
  readonly blobs: Blobs
  readonly queue: JobQueue
  readonly catalog: readonly ModelFolder[]
  readonly metrics: Metrics
  /** HTTP client that connects to public addresses only. */
  readonly agent: Dispatcher
  readonly fetchSlots: FetchSlots
  /** Version of Unswap. */
  readonly version: string
  /** Fires when the worker has stopped, so that nobody waits for results any more. */
  readonly stopping: AbortSignal
  /**
   * Whether the models of this process have passed their self-tests. Always true for a process that does not analyse.
   */
  modelsProven(): boolean
  close(): Promise<void>
}

/** The service with what only its opener may do: stop it, and attach the worker. */
export interface OpenedService extends Service {
  stop(): void
  /** From now on `modelsProven` answers with `check`. */
  setModelsProven(proven: () => boolean): void
}
