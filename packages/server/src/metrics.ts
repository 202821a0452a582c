import { PROBABILITY_BINS, type Report, type UnswapError } from '@unswap/contract'
import type { BatchTimes } from '@unswap/detector'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'

/** The metrics behind `/metrics`, and the functions that record them. */
export interface Metrics {
  readonly registry: Registry
  recordRequest(route: string, method: string, status: number, seconds: number): void
  recordCompleted(report: Report, timings: Readonly<Record<string, number>>): void
  recordEnded(state: 'failed' | 'cancelled', code: UnswapError['code'] | null): void
  recordBatch(batch: BatchTimes): void
  recordWaited(seconds: number): void
  recordWebhook(outcome: 'delivered' | 'retry' | 'failed'): void
  setModels(models: Report['models']): void
}

export interface QueueDepth {
  readonly queued: number
  readonly running: number
  readonly oldestSeconds: number | null
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300]

/**
 * Creates the metrics of one process. `depth` is called at each scrape. Labels are routes, codes and families, never
 * what users sent.
 */
export function createMetrics(depth: () => Promise<QueueDepth>): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Histogram({
    name: 'unswap_http_request_seconds',
    help: 'Time to answer a request, by route and status',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS,
    registers,
  })
  const stages = new Histogram({
    name: 'unswap_stage_seconds',
    help: 'Time of one analysis in each stage',
    labelNames: ['stage', 'kind'],
    buckets: SECONDS,
    registers,
  })
  const waited = new Histogram({
    name: 'unswap_queue_wait_seconds',
    help: 'Time from submission to the start of the analysis',
    buckets: SECONDS,
    registers,
  })
  const batches = new Histogram({
    name: 'unswap_batch_crops',
    help: 'Crops that shared a run of the classifiers',
    buckets: [1, 2, 3, 4, 6, 8, 12, 16, 32],
    registers,
  })
  const models = new Histogram({
    name: 'unswap_model_seconds',
    help: 'Time of a classifier for one batch of crops',
    labelNames: ['model'],
    buckets: SECONDS,
    registers,
  })
  const ended = new Counter({
    name: 'unswap_analyses_total',
    help: 'Analyses that have ended, by state and error code',
    labelNames: ['state', 'code'],
    registers,
  })
  const verdicts = new Counter({
    name: 'unswap_verdicts_total',
    help: 'Verdicts by kind of media and band',
    labelNames: ['kind', 'band'],
    registers,
  })
  const reasons = new Counter({
    name: 'unswap_verdict_reasons_total',
    help: 'Reasons given with verdicts',
    labelNames: ['reason'],
    registers,
  })
  const families = new Counter({
    name: 'unswap_family_triggers_total',
    help: 'Analyses in which a model flagged a family',
    labelNames: ['family', 'model'],
    registers,
  })
  const noFace = new Counter({
    name: 'unswap_no_face_total',
    help: 'Completed analyses without any face',
    labelNames: ['kind'],
    registers,
  })
  const probability = new Histogram({
    name: 'unswap_probability',
    help: 'Probability of manipulation; its shape shows drift',
    labelNames: ['kind'],
    buckets: [...PROBABILITY_BINS],
    registers,
  })
  const webhooks = new Counter({
    name: 'unswap_webhooks_total',
    help: 'Tries to deliver a webhook, by outcome',
    labelNames: ['outcome'],
    registers,
  })
  const info = new Gauge({
    name: 'unswap_model_info',
    help: 'Models that run, always 1',
    labelNames: ['model', 'variant', 'sha256', 'calibration', 'calibration_status'],
    registers,
  })
  new Gauge({
    name: 'unswap_queue_jobs',
    help: 'Jobs by state',
    labelNames: ['state'],
    registers,
    async collect() {
      const now = await depth()
      this.set({ state: 'queued' }, now.queued)
      this.set({ state: 'running' }, now.running)
      oldest.set(now.oldestSeconds ?? 0)
    },
  })
  const oldest = new Gauge({
    name: 'unswap_queue_oldest_seconds',
    help: 'Age of the job that has waited longest',
    registers,
  })

  return {
    registry,
    recordRequest: (route, method, status, seconds) => requests.observe({ route, method, status }, seconds),
    recordCompleted: (report, timings) => {
      const { kind } = report.media
      ended.inc({ state: 'completed', code: '' })
      verdicts.inc({ kind, band: report.verdict.band })
      for (const { code } of report.verdict.reasons) reasons.inc({ reason: code })
      for (const [stage, milliseconds] of Object.entries(timings))
        stages.observe({ stage, kind }, milliseconds / 1000)
      if (report.faces.length === 0) noFace.inc({ kind })
      if (report.verdict.probability !== null) probability.observe({ kind }, report.verdict.probability)
      const flagged = report.faces.flatMap(({ models }) =>
        models.flatMap((one) => one.flagged.map((family) => `${family} ${one.model}`)),
      )
      for (const pair of new Set(flagged)) {
        const [family, name] = pair.split(' ') as [string, string]
        families.inc({ family, model: name })
      }
    },
    recordEnded: (state, code) => ended.inc({ state, code: code ?? '' }),
    recordBatch: ({ crops, models: times }) => {
      batches.observe(crops)
      for (const [model, milliseconds] of Object.entries(times))
        models.observe({ model }, milliseconds / 1000)
    },
    recordWaited: (seconds) => waited.observe(seconds),
    recordWebhook: (outcome) => webhooks.inc({ outcome }),
    setModels: (identities) => {
      info.reset()
      for (const one of identities) {
        const { id, variant, sha256, calibration } = one
        const labels = {
          calibration: calibration.sha256.slice(0, 12),
          calibration_status: calibration.status,
        }
        info.set({ model: id, variant, sha256: sha256.slice(0, 12), ...labels }, 1)
      }
    },
  }
}
