// node deploy/grafana/write.ts: Grafana's files out of panels.ts. A test fails when it was forgotten.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { DASHBOARDS, type Dashboard, type Panel } from './panels.ts'

const WIDTH = 24
const FOLDER = new URL('./dashboards/', import.meta.url)

/** Grafana's JSON of one dashboard: statistics four in a row on top, graphs two in a row below. */
export function render(uid: string, { title, panels }: Dashboard): string {
  let [x, y, line] = [0, 0, 0]
  const placed = panels.map((panel, index) => {
    const [w, h] = panel.type === 'stat' ? [6, 4] : [12, 8]
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

function draw({ title, queries, unit = 'short', type = 'timeseries', stacked = false }: Panel) {
  const instant = type === 'table' || type === 'bargauge'
  const datasource = { type: 'prometheus', uid: 'prometheus' }
  const custom = stacked ? { stacking: { mode: 'normal' }, fillOpacity: 40 } : {}
  return {
    title,
    type,
    datasource,
    fieldConfig: { defaults: { unit, min: 0, ...(type === 'timeseries' ? { custom } : {}) }, overrides: [] },
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [uid, dashboard] of Object.entries(DASHBOARDS))
    writeFileSync(new URL(`${uid}.json`, FOLDER), render(uid, dashboard))
}
