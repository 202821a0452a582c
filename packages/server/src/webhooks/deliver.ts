import { type AnalysisEvent, toUnswapError } from '@unswap/contract'
import { analysisHref } from '../analyses/resource.ts'
import { toEvent } from '../events/event.ts'
import type { Service } from '../service.ts'
import { findAnalysis } from '../storage/analyses.ts'
import { type Delivery, deliveryFailed, deliverySucceeded, takeDelivery } from '../storage/webhooks.ts'
import { pauseAfter, postWebhook } from './post.ts'

/** What a webhook receives: the final event, and which analysis it is about. */
type WebhookBody = AnalysisEvent & { readonly analysis: string; readonly href: string }

/** Sends every delivery that is due, one after the other; those that fail are put off with a growing pause. */
export async function deliverDue(service: Service): Promise<void> {
  for (;;) {
    const delivery = await takeDelivery(service.db)
    if (delivery === null) return
    await deliver(service, delivery)
  }
}

async function deliver({ db, config, agent, metrics, log }: Service, delivery: Delivery): Promise<void> {
  const { id, analysisId, attempts, url, secret } = delivery
  const record = await findAnalysis(db, analysisId)
  // Deleted meanwhile: there is nothing left to tell.
  if (record === null) return deliverySucceeded(db, id)
  const href = `${config.http.publicUrl}${analysisHref(analysisId)}`
  const body = JSON.stringify({ ...toEvent(record), analysis: analysisId, href } satisfies WebhookBody)
  try {
    await postWebhook({ id, url, body, secret }, agent, config.webhooks.seconds)
    await deliverySucceeded(db, id)
    metrics.noteWebhook('delivered')
  } catch (thrown) {
    const { code, message, retryable } = toUnswapError(thrown)
    const again = retryable && attempts < config.webhooks.attempts
    const pause = pauseAfter(attempts, config.webhooks.firstPauseSeconds) * 1000
    await deliveryFailed(db, id, { error: message, retryAt: again ? Date.now() + pause : null })
    metrics.noteWebhook(again ? 'retry' : 'failed')
    log.warn({ delivery: id, analysis: analysisId, attempts, code, again }, 'webhook not delivered')
  }
}
