import { toUnswapError, type WebhookMessage } from '@unswap/contract'
import { toAnalysisEvent } from '../analyses/analysis-event.ts'
import { analysisHref } from '../analyses/present-analysis.ts'
import type { Service } from '../boot/service.ts'
import { exponentialBackoff } from '../exponential-backoff.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import {
  type DueDelivery,
  deliveryFailed,
  deliverySucceeded,
  takeDelivery,
} from '../storage/delivery-store.ts'
import { postWebhook } from './post-webhook.ts'

/** Longest pause between two tries of one webhook. */
const LONGEST_PAUSE_SECONDS = 3600

/** Deliveries that are sent at a time, so that a receiver that does not answer does not block the others. */
const AT_ONCE = 16

export interface Deliverer {
  /** Starts sending due deliveries, up to `AT_ONCE` at a time. Failed ones are retried with growing pauses. */
  sendDue(): Promise<void>
  /** Resolves when every started delivery has succeeded or failed. */
  settled(): Promise<void>
}

export function openDeliverer(service: Service): Deliverer {
  const sending = new Set<Promise<void>>()
  return {
    async sendDue() {
      while (sending.size < AT_ONCE) {
        const delivery = await takeDelivery(service.db)
        if (delivery === null) return
        const sent = deliver(service, delivery)
          .catch((error) => service.log.error({ err: error, delivery: delivery.id }, 'delivery not noted'))
          .finally(() => sending.delete(sent))
        sending.add(sent)
      }
    },
    settled: async () => void (await Promise.all(sending)),
  }
}

async function deliver({ db, config, agent, metrics, log }: Service, delivery: DueDelivery): Promise<void> {
  const { id, analysisId, attempts, url, secret } = delivery
  const record = await findAnalysis(db, analysisId)
  // The analysis was deleted meanwhile.
  if (record === null) return deliverySucceeded(db, id)
  const href = `${config.http.publicUrl}${analysisHref(analysisId)}`
  const message = { ...toAnalysisEvent(record), analysis: analysisId, href } as WebhookMessage
  const body = JSON.stringify(message)
  try {
    await postWebhook({ id, url, body, secret }, agent, config.webhooks.seconds)
    await deliverySucceeded(db, id)
    metrics.recordWebhook('delivered')
  } catch (thrown) {
    const { code, message, retryable } = toUnswapError(thrown)
    const again = retryable && attempts < config.webhooks.attempts
    const pause =
      exponentialBackoff(attempts, config.webhooks.firstPauseSeconds, LONGEST_PAUSE_SECONDS) * 1000
    await deliveryFailed(db, id, { error: message, retryAt: again ? Date.now() + pause : null })
    metrics.recordWebhook(again ? 'retry' : 'failed')
    log.warn({ delivery: id, analysis: analysisId, attempts, code, again }, 'webhook not delivered')
  }
}
