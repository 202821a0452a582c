import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Answer, ask, formBytes } from '../test/running/ask.ts'
import { type RunningStack, startStack } from '../test/running/stack.ts'

const execute = promisify(execFile)
const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const PICTURES = ['testdata/real/astronaut.png', 'testdata/fake/astronaut-mouth_warp.jpg']

let stack: RunningStack
let key = ''
beforeAll(async () => {
  stack = await startStack()
  // As in docs/deploy.md, the first key is made on the machine itself.
  const command = ['packages/cli/src/main.ts', 'keys', 'create', '--name', 'stack', '--scope', 'admin']
  const { stdout, stderr } = await execute(process.execPath, command, { cwd: ROOT, env: stack.environment })
  key = /usk_[\w-]{30,}/.exec(stdout + stderr)![0]
})
afterAll(() => stack?.stop())

const isJson = ({ headers }: Answer) => headers['content-type']?.[0]?.includes('json')

async function call(path: string, data?: FormData) {
  const { nginx } = stack
  const sent = data && (await formBytes(data))
  const headers = { authorization: `Bearer ${key}`, ...sent?.headers }
  const options = { ca: nginx.certificate, headers, ...(sent ? { method: 'POST', body: sent.body } : {}) }
  const answer = await ask(nginx.url + path, options)
  return { ...answer, json: isJson(answer) ? JSON.parse(answer.text) : null }
}

async function analyze(file: string) {
  const form = new FormData()
  form.append('file', new Blob([readFileSync(ROOT + file)]), 'picture.jpg')
  return call('/api/v1/analyses?fresh=true&wait=60', form)
}

test('media sent through nginx are analysed by the worker; both API processes return result and evidence', async () => {
  for (const file of PICTURES) {
    const { status, json } = await analyze(file)
    expect([status, json.state]).toEqual([200, 'completed'])
    for (let round = 0; round < 4; round++) {
      expect((await call(`/api/v1/analyses/${json.id}`)).json.state).toBe('completed')
      expect((await call(`/api/v1/analyses/${json.id}/report.html`)).text).toMatch(/^<!doctype/i)
    }
  }
  const anonymous = await ask(`${stack.nginx.url}/api/v1/analyses`, { ca: stack.nginx.certificate })
  expect(anonymous.status).toBe(401)
})

test('Prometheus sees every process and the certificate', async () => {
  await analyze(PICTURES[0]!)
  await expect
    .poll(() => stack.prometheus.targets(), { timeout: 30_000 })
    .toEqual([
      'entry - up',
      'node - up',
      'prometheus - up',
      'unswap api up',
      'unswap api up',
      'unswap worker up',
    ])
  await analyze(PICTURES[1]!)
  const has = async (expression: string) => (await stack.prometheus.query(expression)).length > 0
  for (const expression of [
    'unswap_model_info{model="xception-1"}',
    'sum by (role) (rate(unswap_http_request_seconds_count{role="api"}[1m])) > 0',
    'sum(rate(unswap_stage_seconds_count{role="worker"}[1m])) > 0',
    'unswap:probability:share1d > 0',
    'unswap_batch_crops_count{role="worker"} > 0',
    'unswap_model_seconds_count{model="xception-1"} > 0',
    'probe_ssl_earliest_cert_expiry{job="entry"} > time()',
    'probe_success{job="entry"} == 1',
  ])
    await expect.poll(() => has(expression), { timeout: 30_000, message: expression }).toBe(true)
  expect(await stack.prometheus.query('ALERTS{alertstate="firing"}')).toEqual([])
})

test('clients do not notice the death of an API process', async () => {
  await stack.killApi(0)
  for (let round = 0; round < 10; round++) expect((await call('/api/v1/models')).status).toBe(200)
  expect((await analyze(PICTURES[0]!)).json.state).toBe('completed')
})

test('the whole stack stops and leaves no process', async () => {
  await stack.stop()
  for (const pid of stack.pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
  await expect(fetch(stack.nginx.httpUrl)).rejects.toThrow()
})
