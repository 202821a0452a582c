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

/** Deliveries that are sent at a time: in all, of one owner, to one host. Mute receivers do not hold up the others. */
const AT_ONCE = 64
const AT_ONCE_OF_OWNER = 16
const AT_ONCE_TO_HOST = 8

export interface Deliverer {
  /** Starts sending due deliveries, up to `AT_ONCE` at a time. Failed ones are retried with growing pauses. */
  sendDue(): Promise<void>
  /** Resolves when every started delivery has succeeded or failed. */
  settled(): Promise<void>
}

export function openDeliverer(service: Service): Deliverer {
  const sending = new Map<Promise<void>, DueDelivery>()
  const busy = (of: 'owner' | 'host', most: number) =>
    [...Map.groupBy(sending.values(), (delivery) => delivery[of])]
      .filter(([, open]) => open.length >= most)
      .map(([name]) => name)
  return {
    async sendDue() {
      while (sending.size < AT_ONCE) {
        const delivery = await takeDelivery(service.db, Date.now(), {
          owners: busy('owner', AT_ONCE_OF_OWNER),
          hosts: busy('host', AT_ONCE_TO_HOST),
        })
        if (delivery === null) return
        const sent = deliver(service, delivery)
          .catch((error) => service.log.error({ err: error, delivery: delivery.id }, 'delivery not noted'))
          .finally(() => sending.delete(sent))
        sending.set(sent, delivery)
      }
    },
    settled: async () => void (await Promise.all(sending.keys())),
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
