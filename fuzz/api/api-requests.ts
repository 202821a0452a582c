import fc, { type Arbitrary } from 'fast-check'
import type { Operation } from './api-operations.ts'
import { FILE, fitting, type Schema, straining } from './schema-values.ts'

/** What requests can refer to: things that are really there. */
export interface Known {
  readonly ids: readonly string[]
  /** Credentials: with all rights, with few, with none. */
  readonly credentials: readonly (string | null)[]
  readonly media: readonly Buffer[]
}

export interface Request {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Buffer | FormData | null
}

/** Requests of one operation: half of them as described, half straining it. */
export function requests(operation: Operation, known: Known): Arbitrary<Request> {
  return fc.boolean().chain((proper) => {
    const value = proper ? fitting : straining
    return fc
      .record({
        path: fc.record(
          Object.fromEntries(
            named(operation, 'path').map(({ name, schema }) => [name, pathValue(name, schema, known)]),
          ),
        ),
        query: fc.record(
          Object.fromEntries(named(operation, 'query').map(({ name, schema }) => [name, value(schema)])),
          { requiredKeys: [] },
        ),
        extra: proper ? fc.constant([]) : fc.array(fc.tuple(fc.string(), fc.string()), { maxLength: 2 }),
        headers: headers(known, proper),
        body: bodies(operation, known, value),
      })
      .map(({ path, query, extra, headers, body }) => ({
        method: operation.method,
        url: address(operation.path, path, [...Object.entries(query), ...extra]),
        headers: { ...headers, ...body.headers },
        body: body.content,
      }))
  })
}

const named = ({ parameters = [] }: Operation, where: string) => parameters.filter((one) => one.in === where)

function pathValue(name: string, schema: Schema, { ids }: Known): Arbitrary<unknown> {
  const names = ['annotated.jpg', 'face-1.crop.jpg', 'report.html', '../../config.json', 'a/b']
  const there = name === 'id' ? ids : names
  return fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...there) },
    { weight: 1, arbitrary: straining(schema) },
  )
}

function headers({ credentials }: Known, proper: boolean): Arbitrary<Record<string, string>> {
  const printable = fc.stringMatching(/^[\x21-\x7e]{0,80}$/)
  const rare = fc.record(
    {
      range: fc.constantFrom('bytes=0-', 'bytes=5-2', 'bytes=-1', 'bytes=0-0,2-3', 'bytes=99999999999-', 'x'),
      'idempotency-key': printable,
      'last-event-id': fc.constantFrom('0', '-1', 'x', '9'.repeat(30)),
      'if-none-match': fc.constantFrom('*', '"x"', 'W/""', '",'),
      prefer: fc.constantFrom('wait=0', 'wait=-1', 'wait=x', 'wait=1;,'),
      accept: fc.constantFrom('*/*', 'text/html', 'x', 'application/xml;q=9'),
      origin: printable,
      'x-request-id': printable,
    },
    { requiredKeys: [] },
  )
  const credential = fc.constantFrom(...(proper ? credentials.slice(0, 1) : credentials))
  return fc
    .tuple(credential, proper ? fc.constant({}) : rare)
    .map(([key, more]) => ({ ...more, ...(key === null ? {} : { authorization: key }) }))
}

interface Body {
  readonly headers: Record<string, string>
  readonly content: Request['body']
}

function bodies(
  { requestBody, method }: Operation,
  known: Known,
  value: (schema: Schema) => Arbitrary<unknown>,
): Arbitrary<Body> {
  if (method === 'GET' || requestBody === undefined) return fc.constant({ headers: {}, content: null })
  const file = fc.oneof(fc.constantFrom(...known.media), fc.uint8Array({ maxLength: 200 }).map(Buffer.from))
  const kinds = Object.entries(requestBody.content).map(([type, { schema = {} }]): Arbitrary<Body> => {
    if (type === 'multipart/form-data') {
      return fc
        .tuple(value(schema), file)
        .map(([fields, bytes]) => ({ headers: {}, content: form(fields, bytes) }))
    }
    if (type === 'application/json') {
      return fc
        .tuple(value(schema), file)
        .map(([content, bytes]) => ({ headers: { 'content-type': type }, content: json(content, bytes) }))
    }
    return file.map((content) => ({ headers: { 'content-type': type.replace('*', 'png') }, content }))
  })
  const wrong = fc.record({
    headers: fc.constantFrom<Record<string, string>[]>(
      { 'content-type': 'application/json' },
      { 'content-type': 'application/xml' },
      { 'content-type': 'multipart/form-data; boundary=x' },
      { 'content-type': 'text/plain; charset=utf-7' },
      {},
    ),
    content: fc.constantFrom<Request['body'][]>(
      '',
      '{',
      '[]',
      '--x\r\n\r\n',
      '{"__proto__":1}',
      'null',
      '"\\ud800"',
    ),
  })
  return fc.oneof(
    { weight: 5, arbitrary: fc.oneof(...kinds) },
    { weight: value === fitting ? 0 : 2, arbitrary: wrong },
  )
}

/** JSON in which the field that takes media holds some, as base64, every time that a file is at hand. */
function json(content: unknown, bytes: Buffer): string {
  if (typeof content === 'object' && content !== null && 'base64' in content && bytes.length % 3 > 0) {
    const { url: _, ...rest } = content as Record<string, unknown>
    return JSON.stringify({ ...rest, base64: bytes.toString('base64') })
  }
  return JSON.stringify(content) ?? 'undefined'
}

function form(fields: unknown, bytes: Buffer): FormData {
  const data = new FormData()
  const file = () => new Blob([new Uint8Array(bytes)])
  for (const [name, value] of Object.entries(Object(fields))) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one === FILE) data.append(name, file(), 'a.png')
      else data.append(name, typeof one === 'string' ? one : String(JSON.stringify(one)))
    }
  }
  return data
}

function address(path: string, values: Record<string, unknown>, query: readonly [string, unknown][]): string {
  const filled = path.replace(/\{(\w+)\}/g, (_, name) => encode(values[name]))
  const search = query.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : [value]).map((one) => `${encode(name)}=${encode(one)}`),
  )
  return search.length === 0 ? filled : `${filled}?${search.join('&')}`
}

const encode = (value: unknown) =>
  encodeURIComponent((typeof value === 'string' ? value : String(JSON.stringify(value))).toWellFormed())
