import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Calibration, PROBABILITY_BINS, type Report } from '@unswap/contract'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createMetrics } from '../../server/src/metrics.ts'
import { emptyFolder, unswap } from './run-command.ts'

const middles = PROBABILITY_BINS.map((end, i) => (end + (PROBABILITY_BINS[i - 1] ?? 0)) / 2)
const REAL = [30, 20, 15, 10, 8, 6, 4, 3, 2, 1, 1, 0]

/** The service's own metrics after it has given probabilities in these bins. */
async function metricsOf(counts: readonly number[]): Promise<string> {
  const metrics = createMetrics(async () => ({ queued: 0, running: 0, oldestSeconds: null }))
  counts.forEach((count, bin) => {
    const verdict = { band: 'inconclusive', probability: middles[bin], reasons: [] }
    const report = { media: { kind: 'image' }, verdict, faces: [] } as unknown as Report
    for (let i = 0; i < count; i++) metrics.recordCompleted(report, {})
  })
  return metrics.registry.metrics()
}

async function calibrationIn(folder: string): Promise<string> {
  const curve = { knots: [-1, 1], logOdds: [-1, 1], spread: [0, 0] }
  const bands = { authentic: 0.2, manipulated: 0.9, falsePositiveRate: 0.05 }
  const reference = { real: REAL, fake: REAL.toReversed() }
  const part = { curve, bands, samples: 200, reference }
  const calibration: Calibration = {
    status: 'fitted',
    fittedOn: 'test',
    prior: 0.1,
    image: part,
    video: part,
    minimumFrames: 8,
  }
  const path = join(folder, 'calibration.json')
  await writeFile(path, JSON.stringify(calibration))
  return path
}

/** A service that shows its metrics to those who have the key; its address. */
async function serve(text: string): Promise<string> {
  const server = createServer((request, response) => {
    const known = request.headers.authorization === 'Bearer key'
    response.writeHead(known ? 200 : 401).end(known ? text : '')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`
}

describe('unswap drift', { timeout: 60_000 }, () => {
  it('finds none in a service that says what was expected, asked over HTTP', async () => {
    const folder = await emptyFolder()
    const calibration = await calibrationIn(folder)
    const url = await serve(await metricsOf(REAL))
    const asked = ['drift', '--metrics', url, '--calibration', calibration]
    const steady = await unswap([...asked, '--share', '0.02', '--header', 'Authorization: Bearer key'])
    expect(steady.exitCode).toBe(0)
    expect(steady.stdout).toContain('image: as the calibration expects (100 media; reference of 200)')
    expect(steady.stdout).toContain('video: too few media')
    const refused = await unswap(asked)
    expect(refused.exitCode).toBe(2)
    expect(refused.stderr).toContain('401')
  })

  it('cannot be asked of a calibration that holds nothing to compare with', async () => {
    const folder = await emptyFolder()
    const metrics = join(folder, 'metrics.txt')
    await writeFile(metrics, await metricsOf(REAL))
    const calibration = await calibrationIn(folder)
    const text = await readFile(calibration, 'utf8')
    const bare = JSON.parse(text, (key, value) => (key === 'reference' ? undefined : value))
    await writeFile(calibration, JSON.stringify(bare))
    const { exitCode, stdout, stderr } = await unswap([
      'drift',
      '--metrics',
      metrics,
      '--calibration',
      calibration,
    ])
    expect([exitCode, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(/no reference.*unswap calibrate/s)
  })

  it('ends with 1 when a saved file shows drift, and writes figures and a page', async () => {
    const folder = await emptyFolder()
    const calibration = await calibrationIn(folder)
    const [saved, early, json, html] = ['now.txt', 'early.txt', 'd.json', 'd.html'].map((name) =>
      join(folder, name),
    ) as [string, string, string, string]
    await writeFile(early, await metricsOf(REAL))
    const strange = [0, 0, 0, 0, 20, 60, 60, 20, 0, 0, 0, 0]
    await writeFile(saved, await metricsOf(REAL.map((count, i) => count + strange[i]!)))
    const since = ['--since', early, '--json', json, '--html', html]
    const drifted = await unswap(['drift', '--metrics', saved, '--calibration', calibration, ...since])
    expect(drifted.exitCode).toBe(1)
    expect(drifted.stdout).toContain('no share explains the difference')
    const { level, kinds } = JSON.parse(await readFile(json, 'utf8'))
    expect(level).toBe('drift')
    expect(kinds[0]).toMatchObject({ kind: 'image', live: 160 })
    expect(await readFile(html, 'utf8')).toContain('<svg')
  })
})
