import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setImmediate as turn } from 'node:timers/promises'
import { UnswapError } from '@unswap/contract'
import type { FastifyRequest } from 'fastify'
import { Assembler } from 'stream-json/assembler.js'
import { parser, type Token } from 'stream-json/parser.js'
import { decodeBase64 } from './decode-base64.ts'
import { type SpooledMedia, type SpoolMediaOptions, spoolMedia } from './spool-media.ts'
import { withUploadTimeouts } from './upload-timeouts.ts'

/** Largest JSON body in bytes, without the media that it may carry as base64. */
export const JSON_BYTES = 65_536

/** Most tokens of a JSON body without its media, several for each value. */
const MOST_TOKENS = 8000

/** The JSON body that carries media of so many bytes, at most; base64 is a third larger. */
export const jsonBytes = (mediaBytes: number): number => Math.ceil(mediaBytes * 1.37) + JSON_BYTES

/** A JSON body. Of the field with media only the start is in `fields`. */
export interface JsonBody {
  readonly fields: unknown
  readonly media: SpooledMedia | null
}

/**
 * Reads a JSON body as it arrives. The text in `mediaField` is decoded into the spool, so memory does not grow with it.
 * @throws UnswapError `body_malformed`, `body_timeout`, `limit_bytes`, and what `spoolMedia` throws
 */
export async function readJsonBody(
  request: FastifyRequest,
  mediaField: string,
  spool: SpoolMediaOptions,
): Promise<JsonBody> {
  const tokens = parser.asStream({ packValues: false })
  const body = bound(withUploadTimeouts(keepOpen(request.raw), spool), jsonBytes(spool.bytes))
  // A failure is thrown to whoever reads the tokens.
  pipeline(Readable.from(body), tokens).catch(() => undefined)
  const each = tokens[Symbol.asyncIterator]() as AsyncIterator<Token>
  const spoolString = () => spoolMedia(decodeBase64(untilStringEnds(each)), spool)
  try {
    return await assemble(each, mediaField, spoolString)
  } catch (error) {
    if (error instanceof UnswapError) throw error
    throw new UnswapError('body_malformed', 'The body is not JSON, or ends too early.', { cause: error })
  } finally {
    tokens.destroy()
  }
}

/** Builds the value from its tokens; text outside the media is bounded together. */
async function assemble(
  tokens: AsyncIterator<Token>,
  mediaField: string,
  spoolString: () => Promise<SpooledMedia>,
): Promise<JsonBody> {
  const value = new Assembler()
  let media: SpooledMedia | null = null
  let read = 0
  let seen = 0
  let text = ''
  try {
    for (let next = await tokens.next(); !next.done; next = await tokens.next()) {
      const token = next.value
      const isMedia =
        token.name === 'startString' && value.depth === 1 && value.key === mediaField && !isList(value)
      if (isMedia) {
        if (media !== null) throw new UnswapError('body_malformed', `${mediaField} stands twice in the body.`)
        media = await spoolString()
        value.consume({ name: 'stringValue', value: MEDIA })
        continue
      }
      const piece = token.name === 'stringChunk' || token.name === 'numberChunk' ? token.value : null
      read += piece?.length ?? 1
      if (read > JSON_BYTES) throw tooLarge(JSON_BYTES)
      if (++seen > MOST_TOKENS) throw new UnswapError('body_invalid', 'The body holds too many values.')
      if (piece !== null) text += piece
      else if (token.name.startsWith('start')) text = ''
      const packed = PACKED[token.name]
      if (packed === 'keyValue' && text === '__proto__') throw new Error('a prototype')
      value.consume(packed === undefined ? token : ({ name: packed, value: text } as Token))
    }
    if (read === 0) throw new UnswapError('body_malformed', 'The body is empty; send JSON.')
    return { fields: value.current, media }
  } catch (error) {
    await media?.discard()
    throw error
  }
}

/** What stands for media in the value; schemas ask for at least four characters. */
const MEDIA = 'base64'

const PACKED: Readonly<Record<string, 'keyValue' | 'stringValue' | 'numberValue'>> = {
  endKey: 'keyValue',
  endString: 'stringValue',
  endNumber: 'numberValue',
}

const isList = ({ current }: Assembler) => Array.isArray(current)

async function* untilStringEnds(tokens: AsyncIterator<Token>): AsyncGenerator<string> {
  for (let next = await tokens.next(); !next.done; next = await tokens.next()) {
    if (next.value.name === 'endString') return
    if (next.value.name === 'stringChunk') yield next.value.value
  }
  throw new Error('The string has no end.')
}

/** Leaving the loop over it must not close the connection: the sender is still to get an answer. */
export const keepOpen = (body: Readable): AsyncIterable<Uint8Array> =>
  body.iterator({ destroyOnReturn: false })

/** Bytes that are parsed before the event loop turns: a few milliseconds of work, whatever they hold. */
const PIECE_BYTES = 4096

async function* bound(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.byteLength
    if (bytes > most) throw tooLarge(most)
    for (let start = 0; start < piece.byteLength; start += PIECE_BYTES) {
      yield piece.subarray(start, start + PIECE_BYTES)
      await turn()
    }
  }
}

const tooLarge = (most: number) =>
  new UnswapError('limit_bytes', `The body is larger than the ${most} bytes that are taken.`)
