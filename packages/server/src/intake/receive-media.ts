import type {} from '@fastify/multipart'
import { type AnalysisOptions, AnalysisRequest, UnswapError } from '@unswap/contract'
import { openMedia } from '@unswap/detector'
import type { FastifyRequest } from 'fastify'
import type { Dispatcher } from 'undici'
import type { Config } from '../config.ts'
import { downloadMedia } from '../fetch/download-media.ts'
import { checkSchema } from './resolve-options.ts'
import { type SpooledMedia, spoolMedia } from './spool-media.ts'
import { withUploadTimeouts } from './upload-timeouts.ts'

/** Media that has come in, by whichever way, and what its sender wants. */
export interface ReceivedMedia {
  readonly media: SpooledMedia
  readonly source: 'upload' | 'base64' | 'url'
  readonly name: string | null
}

export interface ReceiveOptions {
  readonly config: Config
  readonly agent: Dispatcher
  /** Most bytes of one file. */
  readonly bytes: number
}

const MULTIPART_LIMITS = { fieldNameSize: 64, fieldSize: 16_384, fields: 40, headerPairs: 40 }

/** Fields of a form and its files, each spooled; a file that is refused stands among them as its error. */
export interface Form {
  readonly fields: Record<string, string>
  readonly files: { readonly name: string | null; readonly media: SpooledMedia | UnswapError }[]
}

/**
 * Reads multipart/form-data while it comes in. With `many` false the first refused file ends the reading.
 * @throws UnswapError `body_malformed`, `body_timeout`, and for a single file what `spoolMedia` throws
 */
export async function readForm(
  request: FastifyRequest,
  options: ReceiveOptions & { files: number; many: boolean },
): Promise<Form> {
  const form: Form = { fields: Object.create(null), files: [] }
  const patience = uploadTimeouts(options.config)
  const parts = request.parts({
    limits: {
      ...MULTIPART_LIMITS,
      files: options.files,
      parts: options.files + 40,
      fileSize: Number.POSITIVE_INFINITY,
    },
  })
  try {
    for await (const part of withUploadTimeouts(parts, patience)) {
      if (part.type === 'field') {
        if (part.valueTruncated || part.fieldnameTruncated || typeof part.value !== 'string') {
          throw new UnswapError('body_malformed', 'A field of the form is too long.')
        }
        const before = form.fields[part.fieldname]
        // As in an address: a list may come as one field with commas, or as a field for each.
        form.fields[part.fieldname] = before === undefined ? part.value : `${before},${part.value}`
        continue
      }
      const name = readName(part.filename)
      try {
        form.files.push({ name, media: await spoolAndProbe(part.file, options) })
      } catch (error) {
        // What is left of the part must be read, or the next one never comes.
        part.file.resume()
        if (!options.many || !(error instanceof UnswapError) || error.code === 'body_timeout') throw error
        form.files.push({ name, media: error })
      }
    }
  } catch (error) {
    await discardForm(form)
    throw error instanceof UnswapError || (error as { code?: string }).code?.startsWith('FST_')
      ? error
      : new UnswapError('body_malformed', 'The form is malformed or ends too early.', { cause: error })
  }
  return form
}

/** The name of a file as its sender has it, without what no database keeps. */
const readName = (given: string | null | undefined) => given?.replaceAll('\0', '').slice(0, 255) || null

/** Removes what a form has spooled. */
export async function discardForm(form: Form): Promise<void> {
  await Promise.all(
    form.files.map(({ media }) => (media instanceof UnswapError ? undefined : media.discard())),
  )
}

/** What a JSON body brings: options, and media or the address of it. */
export interface JsonSubmission {
  readonly options: AnalysisOptions
  readonly url: string | undefined
  readonly base64: string | undefined
}

/**
 * Reads a JSON body.
 * @throws Refusal `body_invalid`; UnswapError `bad_option` unless exactly one of `url` and `base64` is there
 */
export function readJson(body: unknown): JsonSubmission {
  const { url, base64, ...options } = checkSchema(AnalysisRequest, body)
  if ((url === undefined) === (base64 === undefined)) {
    throw new UnswapError('bad_option', 'Give exactly one of url and base64.')
  }
  return { options, url, base64 }
}

/**
 * Fetches media from an address.
 * @throws UnswapError `url_blocked`, `url_failed`, and what `spoolMedia` throws
 */
export async function receiveUrl(
  url: string,
  options: ReceiveOptions,
  signal: AbortSignal,
): Promise<ReceivedMedia> {
  const { fetch } = options.config
  if (!fetch.enabled) {
    throw new UnswapError('url_blocked', 'This service does not fetch addresses; upload the file instead.')
  }
  const { body, name } = await downloadMedia(url, {
    agent: options.agent,
    bytes: options.bytes,
    seconds: fetch.seconds,
    redirects: fetch.redirects,
    signal,
  })
  return { media: await spoolAndProbe(body, options), source: 'url', name: readName(name) }
}

/**
 * Media written as base64, or as a data: URL.
 * @throws UnswapError `body_malformed`, and what `spoolMedia` throws
 */
export async function receiveBase64(text: string, options: ReceiveOptions): Promise<ReceivedMedia> {
  const payload = text.replace(/^data:[^,]{0,200},/, '').replace(/\s+/g, '')
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(payload)) {
    throw new UnswapError('body_malformed', 'base64 holds characters that are not base64.')
  }
  const bytes = Buffer.from(payload, 'base64')
  return { media: await spoolAndProbe([bytes], options), source: 'base64', name: null }
}

/** Media that is the whole body. */
export async function receiveRaw(request: FastifyRequest, options: ReceiveOptions): Promise<ReceivedMedia> {
  return { media: await spoolAndProbe(request.raw, options), source: 'upload', name: null }
}

/** Options that stand in the address. */
export function readQuery(request: FastifyRequest): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (name !== 'wait') fields[name] = String(value)
  }
  return fields
}

/** Processor time of reading a header, which takes seconds even of hours of video, in the process that answers. */
const PROBE_SECONDS = 120

const uploadTimeouts = ({ http }: Config) => ({
  stallSeconds: http.stallSeconds,
  seconds: http.uploadSeconds,
})

async function spoolAndProbe(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { config, bytes }: ReceiveOptions,
): Promise<SpooledMedia> {
  const pieces = Symbol.asyncIterator in source ? source : toAsync(source)
  const media = await spoolMedia(pieces, {
    folder: `${config.dataDir}/spool`,
    bytes,
    ...uploadTimeouts(config),
  })
  try {
    // Header and limits alone: what cannot be analysed is refused now, and nothing of it is kept.
    const seconds = Math.min(PROBE_SECONDS, config.limits.seconds)
    const opened = await openMedia({ path: media.path }, { limits: { ...config.limits, seconds } })
    await opened.close()
    return media
  } catch (error) {
    await media.discard()
    throw error
  }
}

async function* toAsync<T>(source: Iterable<T>): AsyncGenerator<T> {
  yield* source
}
