import { createHash, createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { type Report, UnswapError } from '@unswap/contract'
import { expect, test } from 'vitest'
import {
  checkSignature,
  createSigningKey,
  keyIdOf,
  parseSigned,
  publicPem,
  readPublicKeys,
  readSigningKey,
  signReport,
  toKeySet,
} from '../../../src/index.ts'
import { signedBytes } from '../../../src/report/signing/canonical.ts'

const key = readSigningKey(createSigningKey(), 'key.pem')
const other = readSigningKey(createSigningKey(), 'other.pem')
// What is signed need not be a whole report: the shape is another's check.
const report = { schema: 'unswap.report/1', version: '1', faces: [], verdict: { probability: 0.25 } }
const sign = (content: object = report) =>
  signReport(content as Report, key, new Date(0)) as unknown as Record<string, unknown>

test('the signed bytes are the canonical JSON of RFC 8785, section 3.2.2', () => {
  const numbers = [333333333.3333333, 1e30, 4.5, 2e-3, 0.000000000000000000000000001]
  const bytes = signedBytes({
    numbers,
    string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\u0022\u002f",
    literals: [null, true, false],
    '\ud83d\ude02': 1,
    '\ufb33': 2,
    '\u20ac': 3,
  })
  expect(bytes.toString('utf8')).toBe(
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"signature":{},' +
      '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","€":3,"😂":1,"\ufb33":2}',
  )
})

test('a signature holds whatever the order of keys, and for its own key alone', () => {
  const signed = sign()
  const turned = Object.fromEntries(Object.entries(signed).reverse())
  expect(checkSignature(turned, [other, key])).toBe('valid')
  expect(checkSignature(signed, [other])).toBe('key_unknown')
  expect(checkSignature(report, [key])).toBe('unsigned')
})

test('every part is covered: content, time, key', () => {
  const signed = sign()
  const envelope = signed.signature as object
  const altered = [
    { ...signed, verdict: { probability: 0.26 } },
    { ...signed, added: 1 },
    { ...signed, signature: { ...envelope, signedAt: '2030-01-01T00:00:00.000Z' } },
    { ...signed, signature: { ...envelope, keyId: keyIdOf(other) } },
    { ...signed, signature: { ...envelope, algorithm: 'none' } },
    { ...signed, signature: { ...envelope, value: '' } },
    { ...signed, version: '\ud800' },
  ]
  for (const one of altered) expect(checkSignature(one, [key, other])).toBe('invalid')
})

test('anybody can check it without Unswap', () => {
  const signed = sign()
  const { value, ...rest } = signed.signature as Record<string, string>
  const sorted = (v: unknown): unknown =>
    typeof v !== 'object' || v === null || Array.isArray(v)
      ? v
      : Object.fromEntries(
          Object.entries(v)
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .map(([k, inner]) => [k, sorted(inner)]),
        )
  const bytes = Buffer.from(JSON.stringify(sorted({ ...signed, signature: rest })))
  const publicKey = createPublicKey(publicPem(key))
  expect(verify(null, bytes, publicKey, Buffer.from(value!, 'base64url'))).toBe(true)
  const der = publicKey.export({ type: 'spki', format: 'der' })
  expect(rest.keyId).toBe(createHash('sha256').update(der).digest('hex'))
})

test('a text that names a key twice, or is cut off, is no report', () => {
  const text = JSON.stringify(sign())
  expect(parseSigned(text)).toEqual(sign())
  expect(parseSigned('{"a\\":":"b:\\\\","c":[{"d":{}}]}')).toEqual({ 'a":': 'b:\\', c: [{ d: {} }] })
  for (const bad of [
    text.slice(0, -9),
    text.replace('{', '{"version":"2",'),
    '[]',
    'null',
    '',
    '{"a":{"b":1,"\\u0062":2}}',
  ]) {
    expect(() => parseSigned(bad)).toThrow(expect.objectContaining({ code: 'report_malformed' }))
  }
})

test('a report with a string of many megabytes is read, or refused, like any other', () => {
  for (const long of ['x'.repeat(1e7), '\\"'.repeat(1e6)]) {
    const text = JSON.stringify({ 'a":': long, b: ['\\', ':'] })
    expect(Object.keys(parseSigned(text))).toEqual(['a":', 'b'])
    const twice = text.replace('{', '{"b" : 1,')
    expect(() => parseSigned(twice)).toThrow(expect.objectContaining({ code: 'report_malformed' }))
  }
})

test('keys are read from PEM and JWK sets, and no other kind of key is taken', () => {
  const set = JSON.stringify(toKeySet([key, other, key]))
  expect(readPublicKeys(set, 'set').map(keyIdOf)).toEqual([keyIdOf(key), keyIdOf(other)])
  expect(readPublicKeys(publicPem(key), 'pem').map(keyIdOf)).toEqual([keyIdOf(key)])
  const rsa = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const pem = rsa.export({ type: 'pkcs8', format: 'pem' }) as string
  for (const read of [
    () => readSigningKey(pem, 'ec.pem'),
    () => readSigningKey(publicPem(key), 'public.pem'),
    () => readSigningKey('', 'empty.pem'),
    () => readPublicKeys('{"keys":[{"kty":"RSA"}]}', 'rsa.json'),
    () => readPublicKeys('{', 'broken.json'),
    () => readPublicKeys('{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]}', 'short.json'),
  ]) {
    expect(read).toThrow(UnswapError)
    expect(read).toThrow(expect.objectContaining({ code: 'signing_key_invalid' }))
  }
})
