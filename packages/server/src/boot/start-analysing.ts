import { join } from 'node:path'
import type { Config } from '../config.ts'
import { childEnvironment } from '../environment.ts'
import { openReportSigner } from '../report-signer.ts'
import { type JobWorker, type JobWorkerEvent, startJobWorker } from '../worker/job-worker.ts'
import type { OpenedService, Service } from './service.ts'

/**
 * Starts the worker of the service. Resolves when the models are loaded and have passed their self-tests.
 * @param module Module with `openAnalyzer`; the detector's by default
 * @throws UnswapError when the models cannot be loaded
 */
export async function startAnalysing(service: OpenedService, module?: URL): Promise<JobWorker> {
  const { config, db, blobs, queue, metrics } = service
  const { bytes, pixels, durationSeconds, frames, seconds } = config.limits
  const worker = await startJobWorker({
    db,
    blobs,
    queue,
    temporaryDir: join(config.dataDir, 'work'),
    processes: config.worker.processes,
    concurrency: config.worker.concurrency,
    memoryBytes: config.worker.memoryBytes,
    sign: openReportSigner(config.signing),
    environment: childEnvironment(),
    analyzer: {
      modelsDir: config.modelsDir,
      models: config.analysis.models,
      device: config.analysis.device,
      threads: config.worker.threads,
      remote: remoteOf(config.scoring),
      ...(config.c2pa.trustList && { trustList: config.c2pa.trustList }),
      limits: { bytes, pixels, durationSeconds, frames, seconds },
      evidenceFrames: config.analysis.evidenceFrames,
    },
    ...(module ? { module } : {}),
    onEvent: (event) => recordWorkerEvent(service, event),
  })
  metrics.setModels([...worker.models])
  service.setModelsProven(worker.ready)
  return worker
}

/** The configured inference server; null for none. */
const remoteOf = ({ url, token, seconds, attempts }: Config['scoring']) =>
  url === '' ? null : { url, seconds, attempts, ...(token && { token }) }

/**
 * Logs and counts an event of the worker. Only ids, hashes and times are logged: nothing that the media shows or is
 * called.
 */
function recordWorkerEvent({ log, metrics }: Service, event: JobWorkerEvent): void {
  if (event.type === 'error') return void log.error({ err: event.error }, 'worker has trouble')
  if (event.type === 'batch') return void metrics.recordBatch(event.batch)
  if (event.type === 'process') {
    const { event: what, pid, detail } = event
    return void log[what === 'ready' ? 'info' : 'warn']({ pid, detail }, `analysing process ${what}`)
  }
  const { analysisId: analysis, token: job, attempt } = event.lease
  if (event.type === 'started') {
    return void metrics.recordWaited(Math.max(0, Date.now() - event.lease.createdAt) / 1000)
  }
  const { outcome, report, timings, fromDuplicate, failure, milliseconds } = event
  if (outcome === 'completed' && report) metrics.recordCompleted(report, timings ?? {})
  if (outcome === 'failed') metrics.recordEnded('failed', failure?.code ?? null)
  const said = failure && { code: failure.code, retryable: failure.retryable }
  const media = report && {
    sha256: report.media.sha256,
    kind: report.media.kind,
    band: report.verdict.band,
    models: report.models.map(({ id, variant }) => `${id}/${variant}`),
  }
  const ms = Math.round(milliseconds)
  log.info({ analysis, job, attempt, outcome, fromDuplicate, ms, timings, ...media, ...said }, 'job ended')
}
