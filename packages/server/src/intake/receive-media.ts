import type {} from '@fastify/multipart'
import { type AnalysisOptions, AnalysisRequest, UnswapError } from '@unswap/contract'
import { openMedia } from '@unswap/detector'
import type { FastifyRequest } from 'fastify'
import type { Service } from '../boot/service.ts'
import type { Config } from '../config.ts'
import { downloadMedia } from '../fetch/download-media.ts'
import { parseHttpUrl } from '../fetch/guarded-agent.ts'
import { checkSchema } from './check-schema.ts'
import { keepOpen, readJsonBody } from './read-json.ts'
import { type SpooledMedia, type SpoolMediaOptions, spoolMedia } from './spool-media.ts'
import { withUploadTimeouts } from './upload-timeouts.ts'

/** Media that was received, how it came, and the name that its sender gave it. */
export interface ReceivedMedia {
  readonly media: SpooledMedia
  readonly source: 'upload' | 'base64' | 'url'
  readonly name: string | null
}

export interface ReceiveOptions {
  readonly config: Config
  /** Largest file in bytes. */
  readonly bytes: number
}

/** Most characters of all fields of a form together, as many as of a JSON body. */
const FIELDS_CHARACTERS = 65_536

const MULTIPART_LIMITS = { fieldNameSize: 64, fieldSize: 16_384, fields: 40, headerPairs: 40 }

/** Fields and files of a form. Each file is spooled; a refused one is represented by its error. */
export interface Form {
  readonly fields: Record<string, string>
  readonly files: { readonly name: string | null; readonly media: SpooledMedia | UnswapError }[]
}

/**
 * Reads multipart/form-data as it arrives. Unless `many`, the first refused file ends the reading.
 * @throws UnswapError `body_malformed`, `body_timeout`, and for a single file what `spoolMedia` throws
 */
export async function readForm(
  request: FastifyRequest,
  options: ReceiveOptions & { files: number; many: boolean },
): Promise<Form> {
  const form: Form = { fields: Object.create(null), files: [] }
  const patience = uploadTimeouts(options.config)
  let characters = 0
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
        characters += part.value.length
        if (characters > FIELDS_CHARACTERS) {
          throw new UnswapError('body_malformed', 'The fields of the form are too long together.')
        }
        const before = form.fields[part.fieldname]
        // A list may come as one field with commas, or as one field for each item; so may query parameters.
        form.fields[part.fieldname] = before === undefined ? part.value : `${before},${part.value}`
        continue
      }
      const name = readName(part.filename)
      try {
        form.files.push({ name, media: await spoolAndProbe(part.file, options) })
      } catch (error) {
        // The rest of the part must be read, or the next one never comes.
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

/** The sender's name of a file, without NUL, which PostgreSQL cannot store, and at most 255 characters. */
const readName = (given: string | null | undefined) => given?.replaceAll('\0', '').slice(0, 255) || null

/** Removes the spooled files of a form. */
export async function discardForm(form: Form): Promise<void> {
  await Promise.all(
    form.files.map(({ media }) => (media instanceof UnswapError ? undefined : media.discard())),
  )
}

/** A JSON body: options, and either media that was spooled or its URL. */
export interface JsonSubmission {
  readonly options: AnalysisOptions
  readonly url: string | undefined
  readonly media: SpooledMedia | null
}

/**
 * Reads a JSON body; media in base64 is spooled as it arrives, and not yet looked at.
 * @throws Refusal `body_invalid`; UnswapError `bad_option` unless exactly one of `url` and `base64` is there; and what
 * `readJsonBody` throws
 */
export async function readJson(request: FastifyRequest, options: ReceiveOptions): Promise<JsonSubmission> {
  const { fields, media } = await readJsonBody(request, 'base64', spoolOptions(options))
  try {
    const { url, base64, ...rest } = checkSchema(AnalysisRequest, fields)
    if ((url === undefined) === (base64 === undefined)) {
      throw new UnswapError('bad_option', 'Give exactly one of url and base64.')
    }
    return { options: rest, url, media }
  } catch (error) {
    await media?.discard()
    throw error
  }
}

/**
 * Downloads media from a URL, within what one caller and one host may have open at a time.
 * @throws UnswapError `url_blocked`, `url_failed`, and what `spoolMedia` throws; Refusal `overloaded`
 */
export async function receiveUrl(
  { config, agent, fetchSlots }: Pick<Service, 'config' | 'agent' | 'fetchSlots'>,
  url: string,
  { caller, bytes, signal }: { caller: string; bytes: number; signal: AbortSignal },
): Promise<ReceivedMedia> {
  const { enabled, seconds, redirects } = config.fetch
  if (!enabled) {
    throw new UnswapError('url_blocked', 'This service does not fetch addresses; upload the file instead.')
  }
  const release = fetchSlots.take(caller, parseHttpUrl(url).host)
  try {
    const { body, name } = await downloadMedia(url, { agent, bytes, seconds, redirects, signal })
    return { media: await spoolAndProbe(body, { config, bytes }), source: 'url', name: readName(name) }
  } finally {
    release()
  }
}

/**
 * Media that came as base64 and was spooled.
 * @throws UnswapError when it cannot be analysed; it is discarded then
 */
export async function receiveBase64(media: SpooledMedia, { config }: ReceiveOptions): Promise<ReceivedMedia> {
  return { media: await probe(media, config), source: 'base64', name: null }
}

/** Receives media that is the whole body. */
export async function receiveRaw(request: FastifyRequest, options: ReceiveOptions): Promise<ReceivedMedia> {
  return { media: await spoolAndProbe(keepOpen(request.raw), options), source: 'upload', name: null }
}

/** The options in the query of the URL. */
export function readQuery(request: FastifyRequest): Record<string, string> {
  const fields: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (name !== 'wait') fields[name] = String(value)
  }
  return fields
}

/**
 * Longest reading of a header, in seconds. It runs in the process that answers, and takes seconds even for hours of
 * video.
 */
const PROBE_SECONDS = 120

const uploadTimeouts = ({ http }: Config) => ({
  stallSeconds: http.stallSeconds,
  seconds: http.uploadSeconds,
})

/** How media of a request is spooled. */
export const spoolOptions = ({ config, bytes }: ReceiveOptions): SpoolMediaOptions => ({
  folder: `${config.dataDir}/spool`,
  bytes,
  ...uploadTimeouts(config),
})

const spoolAndProbe = async (source: AsyncIterable<Uint8Array>, options: ReceiveOptions) =>
  probe(await spoolMedia(source, spoolOptions(options)), options.config)

/** Only header and limits are checked: what cannot be analysed is refused now, and not kept. */
async function probe(media: SpooledMedia, { limits }: Config): Promise<SpooledMedia> {
  try {
    const seconds = Math.min(PROBE_SECONDS, limits.seconds)
    const opened = await openMedia({ path: media.path }, { limits: { ...limits, seconds } })
    await opened.close()
    return media
  } catch (error) {
    await media.discard()
    throw error
  }
}
