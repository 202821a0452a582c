import { execFile } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { ERROR_CATEGORY } from '@unswap/contract'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startBackgroundTasks } from '../../packages/server/src/boot/background-tasks.ts'
import {
  form,
  picture,
  runTestService,
  type TestService,
} from '../../packages/server/test/running/test-service.ts'
import { findProgram } from '../../packages/server/test/services/run-program.ts'
import { DASHBOARDS } from '../grafana/panels.ts'
import { render } from '../grafana/write.ts'
import { everyExpression, expressionsWithoutData } from './running/figures.ts'
import { type RunningNginx, startNginx } from './running/nginx.ts'
import { type RunningPrometheus, startPrometheus } from './running/prometheus.ts'

const execute = promisify(execFile)
const path = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url))

let running: TestService
let nginx: RunningNginx
let receiver: Server
let prometheus: RunningPrometheus
let tasks: { stop(): Promise<void> }
beforeAll(async () => {
  receiver = createServer((_request, reply) => reply.end()).listen(0, '127.0.0.1')
  running = await runTestService({ listen: true, config: { fetch: { allowPrivate: ['127.0.0.1'] } } })
  tasks = startBackgroundTasks(running.service)
  nginx = await startNginx([running.url])
  prometheus = await startPrometheus([{ role: 'all', url: running.url }], nginx.url)
})
afterAll(async () => {
  await prometheus?.stop()
  await nginx?.stop()
  await tasks?.stop()
  await running?.close()
  receiver?.close()
})

/** Sends forged, real and faceless pictures, a broken one, and a webhook. */
async function traffic(): Promise<void> {
  const webhook = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`
  for (const [width, height] of [
    [80, 60],
    [60, 80],
    [64, 64],
  ]) {
    const body = form({ file: await picture(width, height), webhook })
    const answer = await fetch(`${running.url}/api/v1/analyses?wait=30`, { method: 'POST', body })
    expect(answer.status).toBe(200)
  }
  // The stand-in runs no models, so their times are set here; npm run test:stack uses real models.
  running.service.metrics.recordBatch({ crops: 2, milliseconds: 40, models: { 'test-1': 40 } })
  // Its header is valid but its data are not, so the analysis fails and not the upload.
  const broken = (await picture(640, 480)).subarray(0, 120)
  await fetch(`${running.url}/api/v1/analyses?wait=30`, { method: 'POST', body: form({ file: broken }) })
  await fetch(`${running.url}/api/v1/analyses`)
}

test('alerts fire when they should, and only then', async () => {
  const promtool = findProgram('promtool', ['/usr/bin'], 'apt-get install -y prometheus')
  await execute(promtool, ['check', 'config', path('prometheus/prometheus.yml')])
  const files = ['alerts', 'drift'].map((name) => path(`prometheus/test/${name}.yml`))
  const { stdout } = await execute(promtool, ['test', 'rules', ...files])
  expect(stdout.match(/SUCCESS/g)).toHaveLength(2)
  const tested = files.map((file) => readFileSync(file, 'utf8')).join()
  const alerts = everyExpression().filter(([name]) => /^Unswap\w+$/.test(name))
  expect(alerts.length).toBeGreaterThan(10)
  for (const [name] of alerts) expect(tested.split(`alertname: ${name}`).length).toBeGreaterThan(2)
})

test('each alert links to its section of the runbook, and every section has an alert', () => {
  const runbook = readFileSync(path('../docs/runbook.md'), 'utf8')
  const parts = [...runbook.matchAll(/^## (\w+)$/gm)].map(([, name]) => name!)
  const alerts = readFileSync(path('prometheus/alerts.yml'), 'utf8')
  expect([...alerts.matchAll(/alert: (\w+)/g)].map(([, name]) => name)).toEqual(parts)
  const links = [...alerts.matchAll(/runbook: (\S+)/g)].map(([, link]) => link)
  expect(links).toEqual(parts.map((name) => `docs/runbook.md#${name.toLowerCase()}`))
})

test('failures of the service count as errors, failures of the media do not', () => {
  const rules = readFileSync(path('prometheus/rules.yml'), 'utf8')
  const counted = new RegExp(`^(?:${/state="failed",code=~"([^"]+)"/.exec(rules)![1]})$`)
  const ours = Object.entries(ERROR_CATEGORY).filter(([, category]) => /internal|setup/.test(category))
  expect(ours.length).toBeGreaterThan(10)
  expect(ours.filter(([code]) => !counted.test(code))).toEqual([])
  const theirs = Object.entries(ERROR_CATEGORY).filter(([, category]) =>
    /media|limit|cancelled/.test(category),
  )
  expect(theirs.filter(([code]) => counted.test(code))).toEqual([])
})

test('an alert goes to the receivers of its severity', async () => {
  const amtool = findProgram('amtool', ['/usr/bin'], 'apt-get install -y prometheus-alertmanager')
  const file = `--config.file=${path('prometheus/alertmanager.yml')}`
  for (const severity of ['page', 'ticket']) {
    const { stdout } = await execute(amtool, ['config', 'routes', 'test', file, `severity=${severity}`])
    expect(stdout.trim()).toBe(severity)
  }
  await expect.poll(() => prometheus.alertmanagers(), { timeout: 20_000 }).toBe(1)
})

test('dashboards are those of panels.ts', () => {
  expect(readdirSync(path('grafana/dashboards')).sort()).toEqual(
    Object.keys(DASHBOARDS)
      .map((uid) => `${uid}.json`)
      .sort(),
  )
  for (const [uid, dashboard] of Object.entries(DASHBOARDS))
    expect(readFileSync(path(`grafana/dashboards/${uid}.json`), 'utf8')).toBe(render(uid, dashboard))
})

test('a panel turns red where an alert fires', () => {
  const alerts = readFileSync(path('prometheus/alerts.yml'), 'utf8')
  const panels = Object.values(DASHBOARDS).flatMap(({ panels: all }) => all)
  const bound = (title: string) => panels.find((panel) => panel.title === title)!
  for (const [title, alert] of [
    ['Requests that failed', 'UnswapErrors'],
    ['Analyses that failed through the service', 'UnswapAnalysesFail'],
    ['Oldest waiting job', 'UnswapQueueOld'],
    ['Time to answer (GET)', 'UnswapSlow'],
    ['Media without a face', 'UnswapNoFaces'],
    ['Drift: the day against the week', 'UnswapProbabilityDrift'],
    ['Disks: left', 'UnswapDiskFull'],
    ['Certificate has left', 'UnswapCertificateExpires'],
  ] as const) {
    const { high, low } = bound(title)
    const expr = alerts.split(`alert: ${alert}\n`)[1]!.split('for:')[0]!
    const [, sign, number] = /([<>]) ([\d.]+(?: \* \d+)?)/.exec(expr)!
    const value = number!.split(' * ').reduce((product, part) => product * Number(part), 1)
    expect([title, sign === '>' ? high : low]).toEqual([title, value])
  }
  // Grafana's default threshold is 80, for any unit.
  for (const panel of panels.filter(({ type }) => type === 'stat'))
    expect([panel.title, panel.high ?? panel.low]).toEqual([panel.title, expect.any(Number)])
})

test('every panel, rule and alert has data in a Prometheus that watches the service', async () => {
  // A rate needs growth between two scrapes, and a scrape may come during the traffic.
  const missing = async () => {
    await traffic()
    return expressionsWithoutData(prometheus)
  }
  await expect.poll(missing, { timeout: 60_000, interval: 1_500 }).toEqual([])
  expect(await prometheus.targets()).toEqual(['entry - up', 'node - up', 'prometheus - up', 'unswap all up'])
  const shares = await prometheus.query('sum(unswap:verdicts:ratio1h)')
  expect(Number(shares[0]?.value[1])).toBeCloseTo(1)
})
