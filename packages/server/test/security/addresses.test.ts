// Addresses that lead inside, in every form that somebody has tried: nothing behind them is ever reached.
import { createServer } from 'node:http'
import type { AddressInfo, LookupFunction } from 'node:net'
import { UnswapError } from '@unswap/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { downloadMedia } from '../../src/fetch/download-media.ts'
import { createGuardedAgent } from '../../src/fetch/guarded-agent.ts'
import { postWebhook } from '../../src/webhooks/post-webhook.ts'
import { picture, runTestService, type TestService } from '../running/test-service.ts'

/** Names as a hostile resolver answers them, one list for each time it is asked; the last one stays. */
const NAMES: Record<string, string[][]> = {
  'loopback.test': [['127.0.0.1']],
  'loopback6.test': [['::1']],
  'mapped.test': [['::ffff:127.0.0.1']],
  'mapped-hex.test': [['::ffff:7f00:1']],
  'compatible.test': [['::127.0.0.1']],
  'translated.test': [['64:ff9b::7f00:1']],
  'six-to-four.test': [['2002:7f00:1::']],
  'teredo.test': [['2001:0:7f00:1::']],
  'metadata.test': [['169.254.169.254']],
  'metadata6.test': [['fd00:ec2::254']],
  'metadata-azure.test': [['168.63.129.16']],
  'metadata-oracle.test': [['192.0.0.192']],
  'metadata-alibaba.test': [['100.100.100.200']],
  'private-10.test': [['10.1.2.3']],
  'private-172.test': [['172.16.0.1']],
  'private-192.test': [['192.168.1.1']],
  'carrier.test': [['100.64.0.1']],
  'any.test': [['0.0.0.0']],
  'any6.test': [['::']],
  'link-local.test': [['fe80::1']],
  'site-local.test': [['fec0::1']],
  'unique-local.test': [['fc00::1']],
  'multicast.test': [['224.0.0.1']],
  'broadcast.test': [['255.255.255.255']],
  'nothing.test': [[]],
  'mixed.test': [['93.184.216.34', '127.0.0.1']],
  'mixed-last.test': [['2606:4700::1111', '93.184.216.34', '::1']],
  // The first answer is for whoever looks beforehand, the second for the socket: here nobody looks beforehand.
  'rebinding.test': [['127.0.0.1'], ['93.184.216.34']],
}
const asked: string[] = []
const lookup: LookupFunction = (host, _how, done) => {
  const turn = asked.filter((name) => name === host).length
  asked.push(host)
  const answers = NAMES[host]
  if (!answers) return done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '')
  const found = answers[Math.min(turn, answers.length - 1)]!
  const all = found.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
  ;(done as (error: null, all: { address: string; family: number }[]) => void)(null, all)
}

let hits: string[] = []
let target = ''
const server = createServer((request, reply) => {
  hits.push(request.headers.host ?? '')
  const to = new URL(request.url ?? '/', 'http://a').searchParams.get('to')
  // As bytes, for a header holds no other characters, and without those that end it.
  const location = Buffer.from(to ?? '')
    .toString('latin1')
    .replaceAll(/[\t\n]/g, '')
  if (to !== null) return void reply.writeHead(302, { location }).end()
  reply.setHeader('content-type', 'image/png').end('reached')
})
let port = 0
let running: TestService
beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, '0.0.0.0', done))
  port = (server.address() as AddressInfo).port
  target = `http://127.0.0.1:${port}`
  running = await runTestService({ work: false, config: { compat: { perSecond: 0 } } })
})
afterAll(async () => {
  await running.close()
  server.closeAllConnections()
  server.close()
})

/** Hosts as they stand in an address; `PORT` is where something listens on this machine. */
const LITERALS = [
  // dotted, short, whole
  '127.0.0.1',
  '127.1',
  '127.0.1',
  '127.127.127.127',
  '0',
  '0.0.0.0',
  '2130706433',
  '4294967295',
  // octal, hexadecimal, mixed
  '0177.0.0.1',
  '0177.0.0.01',
  '00000177.0.0.1',
  '017700000001',
  '0x7f.0.0.1',
  '0x7f.0x0.0x0.0x1',
  '0x7f000001',
  '0X7F000001',
  '0x7f.1',
  '0177.0x0.1',
  '0x7f.0.0.0x1',
  // overflow of a part that older parsers wrap
  '127.0.0.0x1',
  '127.65536.1',
  // percent-encoded, full-width, circled, other dots
  '%31%32%37.0.0.1',
  '127%2e0%2e0%2e1',
  '１２７.０.０.１',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '127．0．0．1',
  '127｡0｡0｡1',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'localhoſt',
  // names of this machine
  'localhost',
  'LOCALHOST',
  'localhost.',
  '127.0.0.1.',
  // version 6
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[0000:0000:0000:0000:0000:0000:0000:0001]',
  '[::]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '[0:0:0:0:0:ffff:127.0.0.1]',
  '[::ffff:0:127.0.0.1]',
  '[::127.0.0.1]',
  '[64:ff9b::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[2001:0:7f00:1::]',
  '[fe80::1]',
  '[fe80::1%25lo]',
  '[fc00::1]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  // the inside of a cloud or a company
  '169.254.169.254',
  '0xa9fea9fe',
  '2852039166',
  '0251.0376.0251.0376',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '100.100.100.200',
  '168.63.129.16',
  '192.0.0.192',
  '10.0.0.1',
  '10.1',
  '172.16.0.1',
  '192.168.0.1',
  '198.18.0.1',
  '100.64.0.1',
  '224.0.0.1',
  '255.255.255.255',
]

/** Whole addresses that say one host to one parser and another to the next. */
const CONFUSING = [
  'http://example.com@127.0.0.1:PORT/',
  'http://127.0.0.1:PORT@example.com/',
  'http://a:b@127.0.0.1:PORT/',
  'http://example.com#@127.0.0.1:PORT/',
  'http:\\\\127.0.0.1:PORT\\',
  'http:/127.0.0.1:PORT/',
  'http:127.0.0.1:PORT/',
  'http:///127.0.0.1:PORT/',
  'http://127.0.0.1:PORT\\@example.com/',
  ' http://127.0.0.1:PORT/ ',
  'ht\ntp://127.0.0.1:PORT/',
  'http://127.0.0.1\t:PORT/',
  'HTTP://127.0.0.1:PORT/',
  'http://127.0.0.1:0PORT/',
  'file:///etc/passwd',
  'file://localhost/etc/passwd',
  'ftp://127.0.0.1:PORT/',
  'gopher://127.0.0.1:PORT/_x',
  'dict://127.0.0.1:PORT/x',
  'ldap://127.0.0.1:PORT/',
  'data:image/png;base64,AAAA',
  'blob:http://127.0.0.1:PORT/1',
  'jar:http://127.0.0.1:PORT/!/',
  'unix:/var/run/docker.sock:/x',
  '//127.0.0.1:PORT/',
  '127.0.0.1:PORT',
]

const FORMS = [
  ...LITERALS.map((host) => `http://${host}:PORT/`),
  ...Object.keys(NAMES).map((name) => `http://${name}:PORT/`),
  ...CONFUSING,
]

const code = (promise: Promise<unknown>) =>
  promise.then(
    () => 'none',
    (error) => (error instanceof UnswapError ? error.code : `not ours: ${error}`),
  )
async function read(url: string, agent: ReturnType<typeof createGuardedAgent>): Promise<void> {
  const media = await downloadMedia(url, { agent, bytes: 1000, seconds: 3, redirects: 3 })
  for await (const _ of media.body);
}
const at = (form: string) => form.replace('0PORT', `0${port}`).replace('PORT', String(port))

test('the table has at least 60 forms, each once', () => {
  expect(FORMS.length).toBeGreaterThanOrEqual(60)
  expect(new Set(FORMS).size).toBe(FORMS.length)
})

test.each(FORMS)('%j is reached neither for media, nor as a webhook, nor behind a redirect', async (form) => {
  hits = []
  // A new agent for each, so that no earlier answer or connection helps.
  const agent = () => {
    asked.length = 0
    return createGuardedAgent({ lookup: own, seconds: 3 })
  }
  expect(await code(read(at(form), agent()))).toBe(expectedOf(form))
  const delivery = { id: '1', url: at(form), body: '{}', secret: null }
  expect(await code(postWebhook(delivery, agent(), 3))).toBe(expectedOf(form))
  expect(hits).toEqual([])
  // The first hop is public, as far as the agent knows; the second is the form.
  asked.length = 0
  const through = createGuardedAgent({ lookup: redirecting, allowPrivate: ['127.0.0.99'], seconds: 3 })
  const hop = `http://allowed.test:${port}/?${new URLSearchParams({ to: at(form) })}`
  const result = await code(read(hop, through))
  // What is no address of its own to a browser, either, is a path on the first host.
  const path = /^(http:\/?\d|\d)/.test(form)
  // A header's bytes are not read as UTF-8, so such a host becomes another name, which nobody knows.
  const ascii = /^[\0-\x7f]*$/.test(form)
  if (!path) expect(ascii ? [expectedOf(form)] : ['url_blocked', 'url_failed']).toContain(result)
  expect(new Set(hits)).toEqual(new Set([`allowed.test:${port}`]))
})

/** A public name that nobody knows here fails; all else is known to be closed. */
const expectedOf = (form: string) => (form.startsWith('http://example.com#') ? 'url_failed' : 'url_blocked')

/** The hostile resolver, which also knows this machine's names as the system does. */
const own: LookupFunction = (host, how, done) =>
  /^localhost\.?$/.test(host)
    ? (done as (error: null, all: object[]) => void)(null, [{ address: '127.0.0.1', family: 4 }])
    : lookup(host, how, done)

/** The first hop stands on an address of this machine that is allowed for this test. */
const redirecting: LookupFunction = (host, how, done) =>
  host === 'allowed.test'
    ? (done as (error: null, all: object[]) => void)(null, [{ address: '127.0.0.99', family: 4 }])
    : own(host, how, done)

test('the service itself refuses them for media and for webhooks, and tells nothing of what is there', async () => {
  hits = []
  for (const host of ['127.0.0.1', '0x7f000001', 'localhost', '[::ffff:7f00:1]', '169.254.169.254']) {
    const url = `http://${host}:${port}/secret`
    for (const [path, payload] of [
      ['/api/v1/analyses', { url }],
      ['/predict', { image_url: url }],
      ['/predict', { video_url: url }],
    ] as const) {
      const answer = await running.app.inject({ method: 'POST', url: path, payload })
      expect(answer.statusCode).toBe(400)
      expect(answer.body).not.toMatch(/ECONN|reached|EHOST|ENET/)
    }
  }
  const payload = { base64: (await picture()).toString('base64'), webhook: { url: `${target}/hook` } }
  const sent = await running.app.inject({ method: 'POST', url: '/api/v1/analyses', payload })
  expect([sent.statusCode, sent.json().code]).toEqual([400, 'url_blocked'])
  expect(
    await code(
      postWebhook({ id: '1', url: `${target}/hook`, body: '{}', secret: null }, running.service.agent, 3),
    ),
  ).toBe('url_blocked')
  expect(hits).toEqual([])
})

test('an open and a closed port inside look the same from outside', async () => {
  const answers = []
  for (const one of [port, 1]) {
    const { body } = await running.app.inject({
      method: 'POST',
      url: '/api/v1/analyses',
      payload: { url: `http://127.0.0.1:${one}/` },
    })
    const { detail, code } = JSON.parse(body)
    answers.push({ detail, code })
  }
  expect(answers[0]).toEqual(answers[1])
})
