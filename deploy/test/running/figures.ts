import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { DASHBOARDS } from '../../grafana/panels.ts'
import type { RunningPrometheus } from './prometheus.ts'

const PROMETHEUS = new URL('../../prometheus/', import.meta.url)

interface Rule {
  readonly record?: string
  readonly alert?: string
  readonly expr: string
}

const rulesOf = (file: string): Rule[] =>
  (parse(readFileSync(new URL(file, PROMETHEUS), 'utf8')) as { groups: { rules: Rule[] }[] }).groups.flatMap(
    ({ rules }) => rules,
  )

/**
 * Every expression of panels, rules and alerts, by its name. The expression of an inactive alert has no result, so
 * comparisons are changed to give one: `> 5` becomes `> bool 5`, and `absent(x)` becomes `count(x)`.
 */
export function everyExpression(): [string, string][] {
  const panels = Object.entries(DASHBOARDS).flatMap(([uid, { panels: all }]) =>
    all.flatMap(({ title, queries }) =>
      Object.values(queries).map((expr): [string, string] => [`${uid}: ${title}`, expr]),
    ),
  )
  const recorded = rulesOf('rules.yml').map(({ record, expr }): [string, string] => [record!, expr])
  const alerts = rulesOf('alerts.yml').map(({ alert, expr }): [string, string] => [
    alert!,
    expr.replace(/(>|<|==) (?=[\d.])/g, '$1 bool ').replace('absent(', 'count('),
  ])
  return [...panels, ...recorded, ...alerts]
}

/** The names of expressions without a result now. */
export async function expressionsWithoutData(prometheus: RunningPrometheus): Promise<string[]> {
  const missing: string[] = []
  for (const [name, expr] of everyExpression()) {
    const samples = await prometheus.query(expr)
    if (!samples.some(({ value }) => Number.isFinite(Number(value[1])))) missing.push(name)
  }
  return missing
}
