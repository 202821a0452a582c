import { randomUUIDv7 } from 'node:crypto'
import { type AnalysisOptions, UnswapError } from '@unswap/contract'
import { type Caller, sharesAnonymousOwner } from '../access/caller.ts'
import { mediaBlobName } from '../blobs/blob-names.ts'
import type { Service } from '../boot/service.ts'
import { findEarlierResult, shareResult } from '../deduplication/earlier-result.ts'
import { checkLiteralHost, parseHttpUrl } from '../fetch/guarded-agent.ts'
import type { ReceivedMedia } from '../intake/receive-media.ts'
import { resolveRetention, resolveSettings } from '../intake/resolve-options.ts'
import type { AnalysisRecord, NewAnalysis } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import { addDelivery } from '../storage/delivery-store.ts'

export interface Submission {
  readonly caller: Caller
  readonly received: ReceivedMedia
  readonly options: AnalysisOptions
  /** Of the analysis that is made; a new one by default. */
  readonly id?: string
  readonly batch?: { readonly id: string; readonly position: number }
}

export interface Submitted {
  readonly record: AnalysisRecord
  /** The answer is an earlier analysis of the same media with the same settings and models. */
  readonly reused: boolean
}

type Choices = Pick<NewAnalysis, 'settings' | 'models' | 'retention' | 'webhook' | 'priority' | 'tags'>

/**
 * What was asked for, checked against what the service allows, before any media is read where that is possible.
 * @throws UnswapError `bad_option`, `limit_frames`, `url_blocked` (webhook)
 */
export function resolveChoices({ config, catalog }: Service, options: AnalysisOptions): Choices {
  const known = catalog.map(({ manifest }) => manifest.id)
  const unknown = options.models?.find((id) => !known.includes(id))
  if (unknown !== undefined) {
    throw new UnswapError('bad_option', `There is no model ${unknown}; the service runs ${known.join(', ')}.`)
  }
  if (options.webhook !== undefined) {
    if (!config.webhooks.enabled) throw new UnswapError('bad_option', 'This service sends no webhooks.')
    checkLiteralHost(parseHttpUrl(options.webhook.url), config.fetch.allowPrivate)
  }
  const ownSecret = config.webhooks.secret === '' ? {} : { secret: config.webhooks.secret }
  return {
    settings: resolveSettings(options, config),
    models: options.models && options.models.length > 0 ? options.models : null,
    retention: resolveRetention(options.retention, config.retention),
    webhook: options.webhook ? { ...ownSecret, ...options.webhook } : null,
    priority: options.priority ?? 'live',
    tags: options.tags ?? [],
  }
}

/**
 * Queues an analysis, or answers with an earlier one of the same owner. Callers who share the owner `anonymous` never
 * get each other's: an analysis carries its sender's name, tags and feedback, and whoever has it may delete it.
 * The spooled media is gone from the spool afterwards, also after an error.
 * @throws as `resolveChoices`; `storage_failed`
 */
export async function submitAnalysis(service: Service, submission: Submission): Promise<Submitted> {
  const { caller, received, options, batch, id = randomUUIDv7() } = submission
  const { media } = received
  try {
    const choices = resolveChoices(service, options)
    if (!options.fresh && !batch && !sharesAnonymousOwner(caller, service.config.access)) {
      const { settings, models, retention } = choices
      const question = { owner: caller.id, sha256: media.sha256, settings, models }
      const earlier = await findEarlierResult(service.db, question, retention)
      const same = earlier && (await shareResult(service.db, earlier.id, choices))
      if (same !== null) {
        if (choices.webhook) await addDelivery(service.db, same.id, choices.webhook, Date.now())
        return { record: same, reused: true }
      }
    }
    const name = mediaBlobName(id)
    await service.blobs.take(name, media.path, media.bytes)
    try {
      const record = await service.queue.enqueue({
        ...choices,
        id,
        owner: caller.id,
        name: options.name ?? received.name,
        source: received.source,
        sha256: media.sha256,
        bytes: media.bytes,
        mediaBlob: name,
        batch: batch ?? null,
        fresh: options.fresh ?? false,
      })
      return { record, reused: false }
    } catch (error) {
      // A connection that broke after the commit looks like a failure: what is not known to be absent keeps its media.
      const made = await findAnalysis(service.db, id).catch(() => undefined)
      if (made === null) await service.blobs.delete(name)
      throw error
    }
  } finally {
    await media.discard()
  }
}
