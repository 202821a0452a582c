import { join } from 'node:path'
import { UnswapError } from '@unswap/contract'
import type { FastifyReply, FastifyRequest, preHandlerAsyncHookHandler } from 'fastify'
import { type Caller, requireScope } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { admitSubmission } from '../analyses/admission.ts'
import { giveFeedback } from '../analyses/give-feedback.ts'
import { submitAnalysis } from '../analyses/submit-analysis.ts'
import { waitUntilFinal } from '../analyses/wait-until-final.ts'
import type { Service } from '../boot/service.ts'
import { checkSchema } from '../intake/check-schema.ts'
import { jsonBytes, readJsonBody } from '../intake/read-json.ts'
import {
  type ReceivedMedia,
  type ReceiveOptions,
  readForm,
  receiveBase64,
  receiveUrl,
  spoolOptions,
} from '../intake/receive-media.ts'
import { dropBody, translateError } from '../plugins/error-handler.ts'
import { preferTooManyFailures } from '../plugins/failed-credentials.ts'
import { rateLimitKey } from '../plugins/rate-limit.ts'
import { readiness } from '../routes/health-routes.ts'
import type { Routes } from '../routes/route-schema.ts'
import { findReport } from '../storage/analyses/report-store.ts'
import { Refusal, toProblem } from '../to-problem.ts'
import {
  CompatError,
  CompatFeedback,
  CompatFeedbackRequest,
  CompatHealth,
  CompatModels,
  CompatRequest,
  Prediction,
} from './compat-schema.ts'
import { toPrediction } from './to-prediction.ts'

const ERRORS = { '4xx': CompatError, '5xx': CompatError }
const tags = ['compatibility']

/**
 * Health and models in the format of the earlier system. Only under `/api`: `/models` is a page of the web
 * application.
 */
export const compatAboutRoutes: Routes = async (app, { service }) => {
  const { config, catalog } = service
  app.setErrorHandler((thrown, request, reply) => answerError(thrown, request, reply))

  const healthSchema = {
    tags,
    operationId: 'compatHealth',
    summary: 'Whether predictions can be made',
    response: { 200: CompatHealth, ...ERRORS },
  }
  app.get('/health', { schema: healthSchema }, async () => {
    const { ready } = await readiness(service)
    return {
      status: ready ? ('ok' as const) : ('degraded' as const),
      models_loaded: catalog.length,
      models_dir: config.modelsDir,
    }
  })

  const modelsSchema = {
    tags,
    operationId: 'compatModels',
    summary: 'The models, in the old words',
    response: { 200: CompatModels, ...ERRORS },
  }
  app.get('/models', { schema: modelsSchema }, async () => ({
    models_dir: config.modelsDir,
    config_path: join(config.modelsDir, catalog[0]?.manifest.id ?? '', 'manifest.json'),
    models_loaded: catalog.length,
    models: catalog.map((entry) => ({
      name: entry.manifest.id,
      file: entry.manifest.weights[0]?.file ?? '',
      description: entry.manifest.description,
      domain: 'manipulated',
      output: 'prob_fake' as const,
      threshold: entry.calibration.image.bands.manipulated,
      loaded: true as const,
    })),
  }))
}

/** The API of the earlier system, with its field names and errors (`{"detail"}`), on top of the same service. */
export const compatRoutes: Routes = async (app, { service }) => {
  const { config, catalog } = service
  const { bytes, perSecond, waitSeconds } = config.compat

  app.setErrorHandler((thrown, request, reply) => answerError(thrown, request, reply))
  const atRoot = app.prefix === '' || app.prefix === '/'
  const operationId = (name: string) => (atRoot ? `${name}AtRoot` : name)

  const limits: { preHandler: preHandlerAsyncHookHandler[] } = { preHandler: [] }
  if (perSecond > 0) {
    const count = app.createRateLimit({
      max: perSecond,
      timeWindow: 1000,
      keyGenerator: (request) => `compat:${rateLimitKey(request)}`,
    })
    limits.preHandler.push(async (request) => {
      const state = await count(request)
      if (!state.isAllowed && state.isExceeded) {
        throw new Refusal('rate_limited', `At most ${perSecond} requests a second are answered.`, {
          retryAfterSeconds: 1,
        })
      }
    })
  }

  await app.register(async (inner) => {
    // JSON is read by the route, for it may carry media.
    inner.addContentTypeParser('application/json', (_request, _body, done) => done(null))
    inner.post(
      '/predict',
      {
        ...limits,
        schema: {
          tags,
          operationId: operationId('compatPredict'),
          summary: 'Judge a picture or video, and wait for the answer',
          consumes: ['multipart/form-data', 'application/json'],
          body: {
            content: { 'multipart/form-data': { schema: {} }, 'application/json': { schema: CompatRequest } },
          },
          response: { 200: Prediction, ...ERRORS },
        },
        validatorCompiler: () => () => true,
        onRequest: async (request) => {
          await admitSubmission(service, request, jsonBytes(bytes))
        },
      },
      async (request, reply) => {
        const received = await receive(service, request, bytes)
        const record = await submitAnalysis(service, {
          caller: request.caller as Caller,
          received,
          options: {},
        })
        await recordAudit(service, request, 'analysis.create', record.id)
        const gone = new AbortController()
        reply.raw.once('close', () => gone.abort())
        const ended = await waitUntilFinal(service, record, waitSeconds, gone.signal)
        if (ended.error) throw new UnswapError(ended.error.code, ended.error.message)
        const report = ended.state === 'completed' ? await findReport(service.db, ended.id) : null
        if (report === null) {
          throw new Refusal('overloaded', 'The answer is not there in time; try again.', {
            retryAfterSeconds: 10,
          })
        }
        return toPrediction(ended.id, report, catalog)
      },
    )
  })

  app.post(
    '/feedback',
    {
      ...limits,
      schema: {
        tags,
        operationId: operationId('compatFeedback'),
        summary: 'Say what the media of a prediction really is',
        body: CompatFeedbackRequest,
        response: { 200: CompatFeedback, ...ERRORS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'feedback')
      const { prediction_id, user_actual_result, feedback_text, score } = request.body
      const given = await giveFeedback(service, request.caller, prediction_id, {
        truth: user_actual_result === 'FAKE' ? 'fake' : 'real',
        ...(feedback_text ? { comment: feedback_text } : {}),
        ...(score ? { rating: score } : {}),
      })
      await recordAudit(service, request, 'feedback.create', prediction_id)
      return { status: 'success' as const, message: 'Feedback saved', feedback_id: given.id }
    },
  )
}

async function receive(service: Service, request: FastifyRequest, bytes: number): Promise<ReceivedMedia> {
  const options: ReceiveOptions = { config: service.config, bytes }
  if (request.isMultipart()) {
    const { files } = await readForm(request, { ...options, files: 1, many: false })
    const media = files[0]?.media
    if (media === undefined || media instanceof UnswapError) {
      throw new UnswapError('body_malformed', 'No file was sent; use the field "file".')
    }
    return { media, name: files[0]!.name, source: 'upload' }
  }
  const { fields, media } = await readJsonBody(request, 'base64_image', spoolOptions(options))
  try {
    const { base64_image, image_url, video_url } = checkSchema(CompatRequest, fields)
    const given = [base64_image, image_url, video_url].filter((one) => one !== undefined)
    if (given.length !== 1) {
      throw new UnswapError(
        'bad_option',
        'Send a file, or exactly one of base64_image, image_url and video_url.',
      )
    }
    if (media !== null) return await receiveBase64(media, options)
    const gone = new AbortController()
    request.raw.once('error', () => gone.abort())
    return await receiveUrl(service, given[0]!, { caller: rateLimitKey(request), bytes, signal: gone.signal })
  } catch (error) {
    await media?.discard()
    throw error
  }
}

/** Old clients know the statuses 400, 404, 413, 429 and 500. Others become 400, except 401, 403 and 503. */
function answerError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const error = preferTooManyFailures(translateError(thrown), request)
  const { status, detail, code } = toProblem(error)
  const known = [400, 401, 403, 404, 413, 429, 500, 503]
  if (status >= 500) request.log.error({ err: thrown }, 'request failed')
  else request.log.info({ code }, 'request refused')
  if (error instanceof Refusal && error.retryAfterSeconds !== undefined) {
    reply.header('retry-after', Math.ceil(error.retryAfterSeconds))
  }
  dropBody(request.raw)
  return reply
    .code(known.includes(status) ? status : 400)
    .type('application/json')
    .send({ detail })
}
