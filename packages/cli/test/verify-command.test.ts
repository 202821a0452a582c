import { mkdtempSync } from 'node:fs'
import { copyFile, cp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { testdata, unswap } from './run-command.ts'

const folder = mkdtempSync(join(tmpdir(), 'unswap-verify-'))
const at = (name: string) => join(folder, name)
const MEDIA = testdata('real/grace_hopper.jpg')

beforeAll(async () => {
  for (const name of ['key', 'other']) {
    const made = await unswap(['signing', 'new', at(`${name}.pem`)])
    await writeFile(at(`${name}.pub`), made.stdout)
  }
  const made = await unswap([
    'analyze',
    MEDIA,
    '--json',
    '--sign-key',
    at('key.pem'),
    '--html',
    at('page.html'),
  ])
  expect(made.exitCode).toBe(0)
  await writeFile(at('report.json'), made.stdout)
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Verifies a text as a report and answers exit status and JSON. */
async function verify(text: string, ...args: string[]) {
  await writeFile(at('tried.json'), text)
  const { exitCode, stdout } = await unswap(['verify', at('tried.json'), '--json', ...args])
  return { exitCode, ...JSON.parse(stdout) }
}
const signed = () => readFile(at('report.json'), 'utf8')
const trusted = () => ['--key', at('key.pub')]

test('a key is readable by its owner alone and never overwritten', async () => {
  expect((await stat(at('key.pem'))).mode & 0o777).toBe(0o600)
  const before = await readFile(at('key.pem'), 'utf8')
  expect((await unswap(['signing', 'new', at('key.pem')])).exitCode).toBe(2)
  expect(await readFile(at('key.pem'), 'utf8')).toBe(before)
})

test('a signed report holds: alone, with its media, analysed again, and on the page', async () => {
  const { exitCode, stdout } = await unswap(['verify', at('report.json'), MEDIA, ...trusted(), '--again'])
  expect([exitCode, stdout.match(/^ok/gm)?.length]).toEqual([0, 5])
  const report = JSON.parse(await signed())
  expect(await readFile(at('page.html'), 'utf8')).toContain(report.signature.keyId)
})

test('it holds with its keys in another order, as a line with a path, and inside an analysis', async () => {
  const report = JSON.parse(await signed())
  const turned = Object.fromEntries(Object.entries(report).reverse())
  for (const form of [turned, { path: 'a.jpg', ...report }, { id: 'x', report: turned }]) {
    expect(await verify(JSON.stringify(form), ...trusted())).toMatchObject({ exitCode: 0, outcome: 'done' })
  }
})

test('an altered byte is found wherever it stands', async () => {
  const text = await signed()
  // Of the content: with another digit in its id the key is an unknown one.
  const content = text.slice(0, text.indexOf('"signature"'))
  const digits = [...content.matchAll(/[0-9]/g)].map(({ index }) => index)
  for (const share of [0.02, 0.5, 0.97]) {
    const index = digits[Math.floor(digits.length * share)]!
    const altered = text.slice(0, index) + ((Number(text[index]) + 1) % 10) + text.slice(index + 1)
    expect(await verify(altered, ...trusted())).toMatchObject({ exitCode: 10, outcome: 'signature_invalid' })
  }
})

test('other keys, no key, no signature, half a report: each has its own status', async () => {
  const text = await signed()
  expect(await verify(text, '--key', at('other.pub'))).toMatchObject({ exitCode: 12, outcome: 'key_unknown' })
  expect(await verify(text)).toMatchObject({ exitCode: 12, outcome: 'key_unknown' })
  const { signature: _, ...bare } = JSON.parse(text)
  expect(await verify(JSON.stringify(bare), ...trusted())).toMatchObject({
    exitCode: 11,
    outcome: 'report_unsigned',
  })
  const half = await verify(text.slice(0, text.length / 2), ...trusted())
  expect(half).toMatchObject({ exitCode: 13, outcome: 'report_unreadable' })
})

test('other media is found, and not analysed in its place', async () => {
  await copyFile(MEDIA, at('altered.jpg'))
  const bytes = await readFile(MEDIA)
  bytes[bytes.length - 100]! ^= 1
  await writeFile(at('altered.jpg'), bytes)
  const found = await verify(await signed(), at('altered.jpg'), '--again', ...trusted())
  expect(found).toMatchObject({ exitCode: 14, outcome: 'media_differs' })
  expect(found.checks.at(-1)).toMatchObject({ of: 'result', state: 'not_checked' })
})

test('another calibration is found', async () => {
  const models = at('models')
  await cp(testdata('../models'), models, { recursive: true })
  const report = JSON.parse(await signed())
  const file = join(models, report.models[0].id, 'calibration.json')
  await writeFile(file, `${await readFile(file, 'utf8')}\n`)
  const found = await verify(await signed(), ...trusted(), '--models-dir', models)
  expect(found).toMatchObject({ exitCode: 15, outcome: 'models_differ' })
})

test('a report that was made up does not come out again, though it is signed', async () => {
  const { signReport, readSigningKey } = await import('@unswap/detector')
  const report = JSON.parse(await signed())
  report.verdict.probability = 0.99
  const key = readSigningKey(await readFile(at('key.pem'), 'utf8'), 'key.pem')
  const untrue = JSON.stringify(signReport(report, key, new Date()))
  const found = await verify(untrue, MEDIA, '--again', ...trusted())
  expect(found).toMatchObject({ exitCode: 16, outcome: 'result_differs' })
  expect(found.checks.at(-1).details[0]).toContain('0.99')
})

test('keys come from a JWK set, in a file or at an address', async () => {
  const shown = await unswap(['signing', 'show', '--jwks', at('other.pub'), at('key.pem')])
  expect(shown.stdout).not.toContain('"d"')
  await writeFile(at('keys.json'), shown.stdout)
  const server = createServer((request, answer) => {
    answer.statusCode = request.url === '/keys' ? 200 : 404
    answer.end(shown.stdout)
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((ready) => server.once('listening', ready))
  const { port } = server.address() as AddressInfo
  for (const where of [at('keys.json'), `http://127.0.0.1:${port}/keys`]) {
    expect(await verify(await signed(), '--keys', where)).toMatchObject({ exitCode: 0 })
  }
  const missing = ['verify', at('report.json'), '--keys', `http://127.0.0.1:${port}/none`]
  expect(await unswap(missing)).toMatchObject({ exitCode: 5, stderr: expect.stringContaining('404') })
})

test('wrong usage is no finding', async () => {
  expect((await unswap(['verify', at('report.json'), '--again', ...trusted()])).exitCode).toBe(2)
  expect((await unswap(['verify', at('nothing.json'), ...trusted()])).exitCode).toBe(2)
  expect((await unswap(['verify', at('report.json'), at('no.jpg'), ...trusted()])).exitCode).toBe(3)
  expect((await unswap(['verify', at('report.json'), '--key', at('no.pub')])).exitCode).toBe(5)
  expect((await unswap(['analyze', MEDIA, '--sign-key', at('key.pub')])).exitCode).toBe(5)
})
