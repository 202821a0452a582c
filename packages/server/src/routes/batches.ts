import { AnalysisOptions, Batch, type Problem, UnswapError } from '@unswap/contract'
import Type from 'typebox'
import { audit } from '../access/audit.ts'
import { type Caller, requireScope, visibleOwner } from '../access/caller.ts'
import { admit, checkQuota } from '../analyses/admit.ts'
import { toSummary } from '../analyses/resource.ts'
import { resolveChoices, submit } from '../analyses/submit.ts'
import { readFields } from '../intake/options.ts'
import { discardForm, readForm, readQuery } from '../intake/receive.ts'
import { toProblem } from '../problem.ts'
import type { Service } from '../service.ts'
import { listBatchAnalyses } from '../storage/analyses.ts'
import { type BatchRecord, countBatch, findBatch, insertBatch } from '../storage/batches.ts'
import { Id, PROBLEMS, type Routes } from './schema.ts'

const Form = Type.Object({
  file: Type.Array(Type.String({ format: 'binary' }), { minItems: 1 }),
  ...AnalysisOptions.properties,
})

/** Many files, one status. */
export const batches: Routes = async (app, { service }) => {
  const { config } = service
  const wholeBytes = config.limits.bytes * config.limits.batchFiles

  app.post(
    '/batches',
    {
      schema: {
        tags: ['batches'],
        summary: 'Analyse many files',
        description:
          'multipart/form-data with the field `file` once for each; the options hold for all. A file that is refused stands in `refused` and stops no other.',
        consumes: ['multipart/form-data'],
        body: { content: { 'multipart/form-data': { schema: Form } } },
        response: { 202: Batch, ...PROBLEMS },
      },
      validatorCompiler: () => () => true,
      onRequest: async (request) => {
        await admit(service, request, wholeBytes)
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
      const { agent } = service
      const form = await readForm(request, {
        config,
        agent,
        bytes: config.limits.bytes,
        files: config.limits.batchFiles,
        many: true,
      })
      try {
        const options = {
          priority: 'batch' as const,
          ...readFields({ ...readQuery(request), ...form.fields }),
        }
        resolveChoices(service, options)
        if (form.files.length === 0) throw new UnswapError('body_malformed', 'The form has no file.')
        await checkQuota(service, caller, form.files.length)
        const { name: batchName, ...perFile } = options
        const batch = await insertBatch(service.db, { owner: caller.id, name: batchName ?? null })
        await audit(service, request, 'batch.create', batch.id)
        const refused: { name: string | null; error: Problem }[] = []
        for (const [position, { name, media }] of form.files.entries()) {
          if (media instanceof UnswapError) {
            refused.push({ name, error: toProblem(media) })
            continue
          }
          const received = { media, name, source: 'upload' as const }
          const place = { id: batch.id, position }
          const { record } = await submit(service, { caller, received, options: perFile, batch: place })
          await audit(service, request, 'analysis.create', record.id)
        }
        reply.code(202).header('location', `/api/v1/batches/${batch.id}`)
        return { ...(await showBatch(service, batch)), refused }
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
        summary: 'How far a batch is',
        params: Id,
        response: { 200: Batch, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'read')
      const batch = await findBatch(service.db, request.params.id)
      const owner = visibleOwner(request.caller)
      if (batch === null || (owner !== null && batch.owner !== owner)) {
        throw new UnswapError('not_found', 'There is no batch with this id.')
      }
      return showBatch(service, batch)
    },
  )
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
    analyses: records.map(toSummary),
    refused: [],
  }
}
