import { UnswapError } from '@unswap/contract'

/** Characters that are decoded at a time; a multiple of four. */
const STRETCH = 65_536

/** Start of a data: URL, which names a type that nobody relies on. */
const PREFIX = /^data:[^,]{0,200},/

/**
 * Decodes base64, or a data: URL, piece by piece; both alphabets and white space are taken.
 * @throws UnswapError `body_malformed`
 */
export async function* decodeBase64(texts: AsyncIterable<string>): AsyncGenerator<Buffer> {
  let waiting = ''
  let isFirst = true
  let isPadded = false
  const decode = (text: string) => {
    if ((isPadded && text !== '') || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) {
      throw new UnswapError('body_malformed', 'base64 holds characters that are not base64.')
    }
    isPadded ||= text.endsWith('=')
    return Buffer.from(text, 'base64')
  }
  for await (const text of texts) {
    waiting += text
    if (waiting.length < STRETCH) continue
    const clean = tidy(waiting, isFirst)
    isFirst = false
    const whole = clean.length - (clean.length % 4)
    waiting = clean.slice(whole)
    yield decode(clean.slice(0, whole))
  }
  yield decode(tidy(waiting, isFirst))
}

const tidy = (text: string, isFirst: boolean) =>
  (isFirst ? text.replace(PREFIX, '') : text).replace(/\s+/g, '')
