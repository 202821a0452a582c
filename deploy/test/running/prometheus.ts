import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse, stringify } from 'yaml'
import {
  findProgram,
  freePort,
  startProgram,
  stopProgram,
} from '../../../packages/server/test/services/run-program.ts'

const FOLDER = fileURLToPath(new URL('../../prometheus/', import.meta.url))
const INSTALL =
  'apt-get install -y prometheus prometheus-alertmanager prometheus-node-exporter prometheus-blackbox-exporter'

interface Sample {
  readonly metric: Record<string, string>
  readonly value: readonly [number, string]
}

export interface RunningPrometheus {
  /** Current samples of an expression. */
  query(expression: string): Promise<Sample[]>
  /** Each target: `job role health`. */
  targets(): Promise<string[]>
  /** How many Alertmanagers accept its alerts. */
  alertmanagers(): Promise<number>
  stop(): Promise<void>
}

interface ScrapeConfig {
  job_name: string
  scrape_interval?: string
  static_configs?: { targets: string[]; labels?: Record<string, string> }[]
  dns_sd_configs?: unknown
  relabel_configs?: { target_label?: string; replacement?: string; source_labels?: string[] }[]
}

/**
 * Debian's Prometheus and exporters on loopback with the project's rules and scrape configuration. Container names are
 * replaced by addresses of this machine, and intervals are shorter.
 */
export async function startPrometheus(
  processes: readonly { readonly role: string; readonly url: string }[],
  entry: string,
): Promise<RunningPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'unswap-prometheus-'))
  const [port, nodePort, blackboxPort] = [await freePort(), await freePort(), await freePort()]
  const [alertsPort, alertsFile] = [await freePort(), join(FOLDER, 'alertmanager.yml')]
  const local = (used: number) => `127.0.0.1:${used}`
  const config = parse(await readFile(join(FOLDER, 'prometheus.yml'), 'utf8')) as {
    global: Record<string, string>
    rule_files: string[]
    alerting: { alertmanagers: { static_configs: { targets: string[] }[] }[] }
    scrape_configs: ScrapeConfig[]
  }
  config.global = { scrape_interval: '1s', evaluation_interval: '1s' }
  config.alerting.alertmanagers[0]!.static_configs[0]!.targets = [local(alertsPort)]
  config.rule_files = config.rule_files.map((name) => join(FOLDER, name))
  for (const scrape of config.scrape_configs) {
    if (scrape.job_name === 'unswap') {
      delete scrape.dns_sd_configs
      delete scrape.relabel_configs
      scrape.static_configs = processes.map(({ role, url }) => ({
        targets: [new URL(url).host],
        labels: { role },
      }))
    }
    if (scrape.job_name === 'entry') {
      scrape.static_configs = [{ targets: [`${entry}/readyz`] }]
      // A probe may take as long as the scrape interval, because this machine may be busy.
      scrape.scrape_interval = '5s'
    }
    if (scrape.job_name === 'node') scrape.static_configs = [{ targets: [local(nodePort)] }]
    if (scrape.job_name === 'prometheus') scrape.static_configs = [{ targets: [local(port)] }]
    for (const relabel of scrape.relabel_configs ?? [])
      if (relabel.replacement === 'blackbox:9115') relabel.replacement = local(blackboxPort)
  }
  const file = join(folder, 'prometheus.yml')
  await writeFile(file, stringify(config))

  const answers = (used: number, path: string) => async () => {
    const { ok } = await fetch(`http://${local(used)}${path}`)
    if (!ok) throw new Error('not ready')
  }
  const children = await Promise.all([
    startProgram(
      [
        findProgram('prometheus', ['/usr/bin'], INSTALL),
        `--config.file=${file}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=${local(port)}`,
      ],
      answers(port, '/-/ready'),
    ),
    startProgram(
      [
        findProgram('prometheus-node-exporter', ['/usr/bin'], INSTALL),
        `--web.listen-address=${local(nodePort)}`,
      ],
      answers(nodePort, '/'),
    ),
    startProgram(
      [
        findProgram('prometheus-blackbox-exporter', ['/usr/bin'], INSTALL),
        `--config.file=${join(FOLDER, 'blackbox.yml')}`,
        `--web.listen-address=${local(blackboxPort)}`,
      ],
      answers(blackboxPort, '/-/healthy'),
    ),
    startProgram(
      [
        findProgram('prometheus-alertmanager', ['/usr/bin'], INSTALL),
        `--config.file=${alertsFile}`,
        `--storage.path=${join(folder, 'alerts')}`,
        `--web.listen-address=${local(alertsPort)}`,
        '--cluster.listen-address=',
      ],
      answers(alertsPort, '/-/ready'),
    ),
  ])
  const api = async (path: string) => {
    const answer = await fetch(`http://${local(port)}/api/v1/${path}`)
    const body = (await answer.json()) as { status: string; error?: string; data: unknown }
    if (body.status !== 'success') throw new Error(`${path}: ${body.error}`)
    return body.data
  }
  return {
    query: async (expression) => {
      const data = await api(`query?query=${encodeURIComponent(expression)}`)
      return (data as { result: Sample[] }).result
    },
    targets: async () => {
      const { activeTargets } = (await api('targets')) as {
        activeTargets: { labels: Record<string, string>; health: string }[]
      }
      return activeTargets.map(({ labels, health }) => `${labels.job} ${labels.role ?? '-'} ${health}`).sort()
    },
    alertmanagers: async () =>
      ((await api('alertmanagers')) as { activeAlertmanagers: unknown[] }).activeAlertmanagers.length,
    stop: async () => {
      await Promise.all(children.map((child) => stopProgram(child, 'SIGTERM')))
      await rm(folder, { recursive: true, force: true })
    },
  }
}
