import type { Random } from '../fuzz-random.ts'

/** A request that is large in one way. Headers are pairs, for one may stand there many times. */
export interface GrowingRequest {
  readonly shape: string
  readonly method: string
  readonly path: string
  readonly headers: readonly string[]
  readonly body: string
}

const JSON_PATHS = [
  '/api/v1/analyses',
  '/api/v1/keys',
  '/api/v1/session',
  '/api/v1/analyses/0197a3f0-0000-7000-8000-000000000000/feedback',
  '/api/predict',
  '/api/feedback',
  '/predict',
]
const FORM_PATHS = ['/api/v1/analyses', '/api/v1/batches', '/predict']
const READ_PATHS = [
  '/api/v1/analyses',
  '/api/v1/stats',
  '/api/v1/audit',
  '/api/v1/analyses/x/media',
  '/livez',
  '/metrics',
  '/api/v1/session/callback',
]
const FIELDS = [
  'tags',
  'models',
  'scopes',
  'webhook',
  'name',
  'url',
  'base64',
  'base64_image',
  'x',
  'comment',
]
const PARAMETERS = ['tag', 'text', 'cursor', 'from', 'state', 'limit', 'sort', 'tags', 'wait', 'x']
const HEADERS = [
  'range',
  'prefer',
  'if-none-match',
  'if-modified-since',
  'cookie',
  'authorization',
  'accept',
  'origin',
  'idempotency-key',
  'last-event-id',
  'x-forwarded-for',
  'x-request-id',
  'accept-language',
]
const ITEMS = [
  '0',
  '"a"',
  '"aaaa"',
  'null',
  '[]',
  '{}',
  '{"a":0}',
  '1e99',
  '"\\u0000"',
  `"${'x'.repeat(70)}"`,
]
const TEXTS = ['a', 'A=', ' ', ',', 'a,', '%', '..', 'wait=', 'é', '0-', ';', 'W/"', '\\"', 'data:,', 'eyJ.']

/** A request of a random shape, with a body of at most `bytes`, or at most 15 KB of address and headers. */
export function growingRequest(random: Random, bytes: number): GrowingRequest {
  const size = Math.ceil(bytes / 2 ** random.below(14))
  const small = Math.min(size, 15_000)
  const json = (shape: string, body: string): GrowingRequest => {
    const headers = ['content-type', 'application/json']
    return { shape, method: 'POST', path: random.pick(JSON_PATHS), headers, body }
  }
  const read = (shape: string, search: string, ...headers: string[]): GrowingRequest => ({
    shape,
    method: 'GET',
    path: random.pick(READ_PATHS) + search,
    headers,
    body: '',
  })
  const field = random.pick(FIELDS)
  const item = random.pick(ITEMS)
  const text = random.pick(TEXTS)
  const long = (most: number) => text.repeat(Math.ceil(most / text.length)).slice(0, most)
  const count = Math.ceil(size / (item.length + 1))
  switch (random.below(12)) {
    case 0:
      return json(`a list of ${item}`, `{"base64":"AAAA","${field}":[${`${item},`.repeat(count)}0]}`)
    case 1:
      return json('deep lists', `{"${field}":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`)
    case 2:
      return json('deep objects', `{"${field}":${'{"a":'.repeat(size / 6)}0${'}'.repeat(size / 6)}}`)
    case 3:
      return json('many keys', `{${Array.from({ length: size / 12 }, (_, n) => `"k${n}":0`).join()}}`)
    case 4:
      return json(`a long text of ${text}`, JSON.stringify({ [field]: long(size) }))
    case 5:
      return json('a long number', `{"${field}":${'1'.repeat(size)}}`)
    case 6:
      return json('white space', `{${' '.repeat(size)}"${field}":"AAAA"}`)
    case 7: {
      const name = random.pick(PARAMETERS)
      const pairs = Array.from({ length: small / (name.length + 6) }, (_, n) => `${name}=${n % 1000}`)
      return read('one parameter many times', `?${pairs.join('&')}`)
    }
    case 8:
      return read(
        'many parameters',
        `?${Array.from({ length: small / 8 }, (_, n) => `k${n}=0`)
          .join('&')
          .slice(0, 15_000)}`,
      )
    case 9:
      return read(
        `a long parameter of ${text}`,
        `?${random.pick(PARAMETERS)}=${encodeURIComponent(long(small / 3)).slice(0, 15_000)}`,
      )
    case 10: {
      const name = random.pick(HEADERS)
      const value = (text === 'é' ? 'e' : text).trim() || 'x'
      const times = Math.min(900, Math.ceil(small / (name.length + value.length + 4)))
      const isOne = random.chance(0.5)
      const headers = isOne
        ? [name, value.repeat(Math.ceil(small / value.length))]
        : Array.from({ length: times }, () => [name, value]).flat()
      return read(`${isOne ? 'a long' : 'many times'} ${name}`, '', ...headers)
    }
    default: {
      const part = (name: string, value: string) =>
        `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
      const parts = random.chance(0.5)
        ? part(field, long(Math.min(size, 200_000)))
        : part(field, long(50)).repeat(Math.min(20_000, size / 100))
      const headers = ['content-type', 'multipart/form-data; boundary=x']
      return {
        shape: `a form of ${text}`,
        method: 'POST',
        path: random.pick(FORM_PATHS),
        headers,
        body: `${parts}--x--\r\n`,
      }
    }
  }
}
