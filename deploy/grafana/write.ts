// node deploy/grafana/write.ts: makes Grafana's files from panels.ts. A test fails when they are out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DASHBOARDS, type Dashboard, type Panel } from './panels.ts'

const WIDTH = 24
const FOLDER = new URL('./dashboards/', import.meta.url)

/**
 * Grafana's JSON of a dashboard: statistics in the first row, then graphs, two in a row.
 * @internal
 */
export function render(uid: string, { title, panels }: Dashboard): string {
  let [x, y, line] = [0, 0, 0]
  const stats = panels.filter(({ type }) => type === 'stat').length
  const width = Math.min(6, Math.floor(WIDTH / stats))
  const placed = panels.map((panel, index) => {
    const [w, h] = panel.type === 'stat' ? [width, 4] : [12, 8]
    if (x + w > WIDTH || (line && h !== line)) {
      ;[x, y] = [0, y + line]
    }
    line = h
    const gridPos = { x, y, w, h }
    x += w
    return { id: index + 1, gridPos, ...draw(panel) }
  })
  const whole = {
    uid: `unswap-${uid}`,
    title,
    tags: ['unswap'],
    timezone: 'browser',
    schemaVersion: 39,
    version: 1,
    refresh: '30s',
    editable: false,
    time: { from: 'now-6h', to: 'now' },
    panels: placed,
  }
  return `${JSON.stringify(whole, null, 2)}\n`
}

function draw(panel: Panel) {
  const { title, description, queries, unit = 'short', type = 'timeseries', stacked = false, max } = panel
  const instant = type === 'table' || type === 'bargauge'
  const datasource = { type: 'prometheus', uid: 'prometheus' }
  const bounded = panel.high !== undefined || panel.low !== undefined
  const custom = {
    ...(stacked ? { stacking: { mode: 'normal' }, fillOpacity: 40 } : {}),
    ...(bounded ? { thresholdsStyle: { mode: 'line' } } : {}),
  }
  const defaults = { unit, min: 0, ...(max === undefined ? {} : { max }), thresholds: thresholds(panel) }
  return {
    title,
    ...(description === undefined ? {} : { description }),
    type,
    datasource,
    fieldConfig: {
      defaults: { ...defaults, ...(type === 'timeseries' ? { custom } : {}) },
      overrides: [],
    },
    ...(type === 'timeseries' ? { options: { legend: { displayMode: 'list', placement: 'bottom' } } } : {}),
    targets: Object.entries(queries).map(([legendFormat, expr], index) => ({
      refId: String.fromCharCode(65 + index),
      datasource,
      expr,
      legendFormat: legendFormat || title,
      ...(instant ? { instant: true, range: false, format: type === 'table' ? 'table' : 'time_series' } : {}),
    })),
  }
}

/** Set for every panel, because Grafana's default colours everything above 80 red. */
function thresholds({ high, low }: Panel) {
  const bound = high ?? low
  const [below, above] = low === undefined ? ['green', 'red'] : ['red', 'green']
  const rest = bound === undefined ? [] : [{ color: above, value: bound }]
  return { mode: 'absolute', steps: [{ color: below, value: null }, ...rest] }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [uid, dashboard] of Object.entries(DASHBOARDS))
    writeFileSync(new URL(`${uid}.json`, FOLDER), render(uid, dashboard))
}
