import {
  type AnalysisOptions,
  AnalysisRequest,
  AnalysisResource,
  isFinal,
  UnswapError,
} from '@unswap/contract'
import type { FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import type { Caller } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { admitSubmission } from '../analyses/admission.ts'
import { findVisibleAnalysis, loadAnalysisResource } from '../analyses/find-visible.ts'
import { analysisHref } from '../analyses/present-analysis.ts'
import { resolveChoices, submitAnalysis } from '../analyses/submit-analysis.ts'
import { waitUntilFinal } from '../analyses/wait-until-final.ts'
import type { Service } from '../boot/service.ts'
import { idempotencyOwner, runIdempotent } from '../deduplication/run-idempotent.ts'
import { jsonBytes } from '../intake/read-json.ts'
import {
  discardForm,
  type ReceivedMedia,
  type ReceiveOptions,
  readForm,
  readJson,
  readQuery,
  receiveBase64,
  receiveRaw,
  receiveUrl,
} from '../intake/receive-media.ts'
import { OptionFields, readOptionFields } from '../intake/resolve-options.ts'
import { rateLimitKey } from '../plugins/rate-limit.ts'
import type { AnalysisRecord } from '../storage/analyses/analysis-record.ts'
import { findAnalysis } from '../storage/analyses/analysis-store.ts'
import { Refusal, toProblem } from '../to-problem.ts'
import { described, IdempotencyHeaders, type Routes } from './route-schema.ts'

const Form = Type.Object({ file: Type.String({ format: 'binary' }), ...OptionFields })
const Raw = Type.String({ format: 'binary' })
const Query = Type.Object({
  wait: Type.Optional(Type.Number({ minimum: 0, description: 'seconds to wait for the result' })),
  ...OptionFields,
})
const Headers = Type.Object({
  ...IdempotencyHeaders.properties,
  prefer: Type.Optional(Type.String({ description: '`wait=N`: seconds to wait for the result' })),
})

/** A submission whose body has been read: options, and media or the URL to get it from. */
interface Read {
  readonly options: AnalysisOptions
  /** What must be the same in a repeat with the same Idempotency-Key. */
  readonly identity: unknown
  receive(): Promise<ReceivedMedia>
  discard(): Promise<void>
}

/** `POST /api/v1/analyses`. */
export const submissionRoutes: Routes = async (app, { service }) => {
  const { config } = service
  // JSON is read by the route, for it may carry media.
  app.addContentTypeParser('application/json', (_request, _body, done) => done(null))
  app.post(
    '/analyses',
    {
      schema: {
        tags: ['analyses'],
        operationId: 'createAnalysis',
        summary: 'Analyse a photograph or a video',
        description:
          'As multipart/form-data with the field `file`, as the media itself with its content type (options in the query), or as JSON with `url` or `base64`. Answers 202 at once, or 200 when `wait` (or `Prefer: wait=N`) is given and the result is there in time. The same media with the same settings gets the earlier result (`reused`), or waits for the one that is being analysed, unless `fresh` is true.',
        querystring: Query,
        headers: Headers,
        consumes: ['multipart/form-data', 'application/json', 'application/octet-stream'],
        body: {
          content: {
            'multipart/form-data': { schema: Form },
            'application/json': { schema: AnalysisRequest },
            'application/octet-stream': { schema: Raw },
            'image/*': { schema: Raw },
            'video/*': { schema: Raw },
          },
        },
        response: described({ 200: AnalysisResource, 202: AnalysisResource }),
      },
      // Each kind of body is checked by its own code, after admission.
      validatorCompiler: () => () => true,
      onRequest: async (request) => {
        await admitSubmission(service, request, jsonBytes(config.limits.bytes))
      },
    },
    async (request, reply) => {
      const caller = request.caller as Caller
      const seconds = readWait(request, config.http.waitSeconds)
      const read = await readSubmission(service, request)
      const key = request.headers['idempotency-key']
      let made: AnalysisRecord | null = null
      const { id } = await runIdempotent(
        service.db,
        {
          owner: idempotencyOwner(service, caller, request),
          route: 'analyses',
          key: key as string | undefined,
          identity: read.identity,
        },
        async (newId, again) => {
          if (again && (await findAnalysis(service.db, newId))) return { id: newId }
          const received = await read.receive()
          const { options } = read
          const record = await submitAnalysis(service, { caller, received, options, id: newId })
          made = record
          await recordAudit(service, request, 'analysis.create', record.id)
          request.log.info(
            { analysis: record.id, sha256: record.sha256, bytes: record.bytes, reused: record.reused },
            'accepted',
          )
          return { id: record.id }
        },
      ).finally(() => read.discard())
      const accepted = made ?? (await findVisibleAnalysis(service, caller, id))
      return answer(service, request, reply, accepted, seconds)
    },
  )
}

async function answer(
  service: Service,
  request: FastifyRequest,
  reply: FastifyReply,
  accepted: AnalysisRecord,
  seconds: number,
): Promise<unknown> {
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const record = await waitUntilFinal(service, accepted, seconds, gone.signal)
  reply.header('location', analysisHref(record.id))
  if (record.state === 'failed' && record.error && seconds > 0) {
    const { code, message, retryable } = record.error
    const problem = toProblem(new UnswapError(code, message, { retryable }), request.id)
    return reply.code(problem.status).type('application/problem+json').send(problem)
  }
  reply.code(isFinal(record.state) ? 200 : 202)
  if (seconds > 0) reply.header('preference-applied', `wait=${seconds}`)
  return loadAnalysisResource(service, record)
}

async function readSubmission(service: Service, request: FastifyRequest): Promise<Read> {
  const { config } = service
  const { bytes } = config.limits
  const options: ReceiveOptions = { config, bytes }
  const query = readQuery(request)
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? ''
  if (type === 'multipart/form-data') {
    const form = await readForm(request, { ...options, files: 1, many: false })
    const media = form.files[0]?.media
    if (media === undefined || media instanceof UnswapError) {
      throw new UnswapError('body_malformed', 'The form has no file; send it as the field "file".')
    }
    try {
      const { name } = form.files[0]!
      const wanted = readOptionFields({ ...query, ...form.fields })
      return read(wanted, media.sha256, () => discardForm(form), { media, source: 'upload', name })
    } catch (error) {
      await discardForm(form)
      throw error
    }
  }
  if (type === 'application/json') {
    const { options: wanted, url, media } = await readJson(request, options)
    try {
      resolveChoices(service, wanted)
    } catch (error) {
      await media?.discard()
      throw error
    }
    if (media !== null) {
      const received = await receiveBase64(media, options)
      return read(wanted, received.media.sha256, () => media.discard(), received)
    }
    const gone = new AbortController()
    request.raw.once('error', () => gone.abort())
    return {
      options: wanted,
      identity: { url, wanted },
      receive: () => receiveUrl(service, url!, { caller: rateLimitKey(request), bytes, signal: gone.signal }),
      discard: async () => undefined,
    }
  }
  if (/^(image\/|video\/|application\/octet-stream$)/.test(type)) {
    const wanted = readOptionFields(query)
    resolveChoices(service, wanted)
    const received = await receiveRaw(request, options)
    return read(wanted, received.media.sha256, () => received.media.discard(), received)
  }
  throw new UnswapError(
    'body_type',
    'Send multipart/form-data with the field "file", the media itself with its content type, or JSON.',
  )
}

const read = (
  wanted: AnalysisOptions,
  sha256: string,
  discard: Read['discard'],
  received: ReceivedMedia,
): Read => ({
  options: wanted,
  identity: { sha256, wanted },
  receive: async () => received,
  discard,
})

/** Seconds to wait, from `?wait=` or `Prefer: wait=N` (RFC 7240), within what the service allows. */
function readWait(request: FastifyRequest, most: number): number {
  const asked = (request.query as { wait?: string }).wait
  const prefer = [request.headers.prefer ?? []].flat().join(',')
  const preferred = /(?:^|[,;\s])wait=(\d{1,6})(?:$|[,;\s])/i.exec(prefer)?.[1]
  const seconds = asked === undefined ? Number(preferred ?? 0) : Number(asked)
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new Refusal('body_invalid', 'wait is a number of seconds.', {
      errors: [{ path: 'wait', message: 'must be a number' }],
    })
  }
  return Math.min(seconds, most)
}
