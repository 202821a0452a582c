import { Batch, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import { type Caller, ownerFilter, requireScope } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { admitSubmission } from '../analyses/admission.ts'
import { toAnalysisSummary } from '../analyses/present-analysis.ts'
import { checkQuota } from '../analyses/quota.ts'
import { resolveChoices, submitAnalysis } from '../analyses/submit-analysis.ts'
import { cancelAnalysis, deleteAnalysis } from '../analyses/withdraw-analysis.ts'
import type { Service } from '../boot/service.ts'
import { idempotencyOwner, runIdempotent } from '../deduplication/run-idempotent.ts'
import { discardForm, readForm, readQuery } from '../intake/receive-media.ts'
import { OptionFields, readOptionFields } from '../intake/resolve-options.ts'
import { listBatchAnalyses } from '../storage/analyses/analysis-store.ts'
import {
  type BatchRecord,
  countBatch,
  deleteBatch,
  findBatch,
  insertBatch,
  listPositions,
} from '../storage/analyses/batch-store.ts'
import { toProblem } from '../to-problem.ts'
import { Id, IdempotencyHeaders, PROBLEMS, type Routes } from './route-schema.ts'

const Form = Type.Object({
  file: Type.Array(Type.String({ format: 'binary' }), { minItems: 1 }),
  ...OptionFields,
})

/** Sending many files, and following them as one. */
export const batchRoutes: Routes = async (app, { service }) => {
  const { config } = service
  const wholeBytes = config.limits.bytes * config.limits.batchFiles

  app.post(
    '/batches',
    {
      schema: {
        tags: ['batches'],
        operationId: 'createBatch',
        summary: 'Analyse many files',
        description:
          'multipart/form-data with the field `file` once for each; the options hold for all. A file that is refused stands in `refused` and stops no other.',
        headers: IdempotencyHeaders,
        consumes: ['multipart/form-data'],
        body: { content: { 'multipart/form-data': { schema: Form } } },
        response: { 202: Batch, ...PROBLEMS },
      },
      validatorCompiler: () => () => true,
      onRequest: async (request) => {
        await admitSubmission(service, request, wholeBytes)
      },
    },
    async (request, reply) => {
      const caller = request.caller as Caller
      if (!request.isMultipart()) {
        throw new UnswapError(
          'body_type',
          'Send multipart/form-data with the field "file" once for each file.',
        )
      }
      const form = await readForm(request, {
        config,
        bytes: config.limits.bytes,
        files: config.limits.batchFiles,
        many: true,
      })
      try {
        const options = {
          priority: 'batch' as const,
          ...readOptionFields({ ...readQuery(request), ...form.fields }),
        }
        resolveChoices(service, options)
        if (form.files.length === 0) throw new UnswapError('body_malformed', 'The form has no file.')
        await checkQuota(service, request, form.files.length)
        const { name: batchName, ...perFile } = options
        const accept = async (id: string, again: boolean): Promise<Accepted> => {
          const owner = caller.id
          const begun = again ? await findBatch(service.db, id) : null
          const batch = begun ?? (await insertBatch(service.db, { id, owner, name: batchName ?? null }))
          // Files that an interrupted request has already queued are not queued again.
          const taken = begun ? await listPositions(service.db, id) : []
          if (!begun) await recordAudit(service, request, 'batch.create', id)
          const refused: Batch['refused'] = []
          for (const [position, { name, media }] of form.files.entries()) {
            if (media instanceof UnswapError) {
              refused.push({ name, error: toProblem(media) })
            } else if (!taken.includes(position)) {
              const received = { media, name, source: 'upload' as const }
              const place = { id: batch.id, position }
              const record = await submitAnalysis(service, {
                caller,
                received,
                options: perFile,
                batch: place,
              })
              await recordAudit(service, request, 'analysis.create', record.id)
            }
          }
          return { id, refused }
        }
        const key = request.headers['idempotency-key'] as string | undefined
        const files = form.files.map(({ name, media }) => [
          name,
          media instanceof UnswapError ? media.code : media.sha256,
        ])
        const identity = { files, options }
        const { id, refused } = await runIdempotent(
          service.db,
          { owner: idempotencyOwner(service, caller, request), route: 'batches', key, identity },
          accept,
        )
        reply.code(202).header('location', `/api/v1/batches/${id}`)
        return { ...(await showBatch(service, await findVisibleBatch(service, caller, id))), refused }
      } finally {
        await discardForm(form)
      }
    },
  )

  app.get(
    '/batches/:id',
    {
      schema: {
        tags: ['batches'],
        operationId: 'getBatch',
        summary: 'How far a batch is',
        params: Id,
        response: { 200: Batch, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      return showBatch(service, await findVisibleBatch(service, request.caller, request.params.id))
    },
  )

  app.post(
    '/batches/:id/cancel',
    {
      schema: {
        tags: ['batches'],
        operationId: 'cancelBatch',
        summary: 'Cancel what of a batch still waits or runs',
        params: Id,
        response: { 200: Batch, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'analyze')
      const batch = await findVisibleBatch(service, request.caller, request.params.id)
      for (const one of await listBatchAnalyses(service.db, batch.id)) {
        await cancelAnalysis(service, request, one)
      }
      return showBatch(service, batch)
    },
  )

  app.delete(
    '/batches/:id',
    {
      schema: {
        tags: ['batches'],
        operationId: 'deleteBatch',
        summary: 'Erase a batch with media, evidence and everything known of its analyses',
        params: Id,
        response: { 204: Type.Null(), ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'analyze')
      const batch = await findVisibleBatch(service, request.caller, request.params.id)
      for (const { id } of await listBatchAnalyses(service.db, batch.id)) {
        await deleteAnalysis(service, request, id)
      }
      await deleteBatch(service.db, batch.id)
      await recordAudit(service, request, 'batch.delete', batch.id)
      return reply.code(204).send(null)
    },
  )
}

/** The answer of a submission, stored for repeats. */
type Accepted = Pick<Batch, 'id' | 'refused'>

async function findVisibleBatch({ db }: Service, caller: Caller, id: string): Promise<BatchRecord> {
  const batch = await findBatch(db, id)
  const owner = ownerFilter(caller)
  if (batch === null || (owner !== null && batch.owner !== owner)) {
    throw new UnswapError('not_found', 'There is no batch with this id; it may have been deleted.')
  }
  return batch
}

async function showBatch({ db }: Service, batch: BatchRecord): Promise<Batch> {
  const [{ states, verdicts }, records] = await Promise.all([
    countBatch(db, batch.id),
    listBatchAnalyses(db, batch.id),
  ])
  return {
    id: batch.id,
    name: batch.name,
    createdAt: new Date(batch.createdAt).toISOString(),
    done: states.queued + states.running === 0,
    total: records.length,
    states,
    verdicts,
    analyses: records.map(toAnalysisSummary),
    refused: [],
  }
}
