import { mkdtempSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnalysisResource, SigningKeySet } from '@unswap/contract'
import {
  checkSignature,
  createSigningKey,
  keyIdOf,
  parseSigned,
  publicPem,
  readPublicKeys,
  readSigningKey,
} from '@unswap/detector'
import Value from 'typebox/value'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { form, picture, runTestService, type TestService } from '../running/test-service.ts'

const folder = mkdtempSync(join(tmpdir(), 'unswap-signing-'))
const pem = createSigningKey()
const [now, before] = [readSigningKey(pem, 'now'), readSigningKey(createSigningKey(), 'before')]
let running: TestService
beforeAll(async () => {
  await writeFile(join(folder, 'now.pem'), pem)
  await writeFile(join(folder, 'before.pub'), publicPem(before))
  const signing = { keyFile: join(folder, 'now.pem'), publicKeyFiles: [join(folder, 'before.pub')] }
  running = await runTestService({ config: { signing, access: { anonymous: 'never' } } })
})
afterAll(async () => {
  await running.close()
  await rm(folder, { recursive: true, force: true })
})

test('keys are listed for anybody, earlier ones too, and none of them is private', async () => {
  const { statusCode, body } = await running.app.inject('/api/v1/signing-keys')
  expect(statusCode).toBe(200)
  expect(Value.Check(SigningKeySet, JSON.parse(body))).toBe(true)
  expect(readPublicKeys(body, 'answer').map(keyIdOf)).toEqual([keyIdOf(now), keyIdOf(before)])
  expect(body).not.toContain('"d"')
})

test('a stored report is signed and holds as it is served; the page names the key', async () => {
  const headers = await running.key('analyze', 'read')
  const payload = form({ file: await picture(), name: 'later' })
  const url = '/api/v1/analyses?wait=20'
  const made = await running.app.inject({ method: 'POST', url, payload, headers })
  const { links } = made.json() as AnalysisResource
  const served = (await running.app.inject({ url: links.self, headers })).json() as AnalysisResource
  const report = parseSigned(JSON.stringify(served.report))
  const keys = readPublicKeys((await running.app.inject('/api/v1/signing-keys')).body, 'answer')
  expect(checkSignature(report, keys)).toBe('valid')
  expect(checkSignature({ ...report, facesLeftOut: 7 }, keys)).toBe('invalid')
  const page = await running.app.inject({ url: links.reportHtml!, headers })
  expect(page.body).toContain(keyIdOf(now))
})

test('a key that cannot be read keeps the service from starting, and says so', async () => {
  const signing = { keyFile: join(folder, 'none.pem') }
  await expect(runTestService({ config: { signing }, work: false })).rejects.toMatchObject({
    code: 'signing_key_invalid',
    message: expect.stringContaining('none.pem'),
  })
})
