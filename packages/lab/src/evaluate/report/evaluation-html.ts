import type { Evaluation, ModelEvaluation } from '../evaluate.ts'
import { type Table, tablesOf } from './evaluation-tables.ts'
import { escaped, type Line, plot } from './line-plot.ts'

const STYLE = `
:root { color-scheme: light dark; --ink: #1c1917; --soft: #57534e; --line: #d6d3d1; --paper: #fff;
  --c0: #0b6bcb; --c1: #c2410c; --c2: #15803d; --c3: #7e22ce; --c4: #a16207; --c5: #0f766e }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e7e5e4; --soft: #a8a29e; --line: #44403c; --paper: #1c1917;
    --c0: #60a5fa; --c1: #fb923c; --c2: #4ade80; --c3: #c084fc; --c4: #facc15; --c5: #2dd4bf }
}
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem;
  color: var(--ink); background: var(--paper) }
table { border-collapse: collapse; margin: .5rem 0 2rem; font-size: 13px } .wide { overflow-x: auto }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); white-space: nowrap }
.plots { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 1rem }
svg text { font: 10px system-ui, sans-serif; fill: var(--soft) } svg .title { font-size: 13px; font-weight: 600 }
.grid { stroke: var(--line) } .dash { stroke-dasharray: 4 4 }`

const LEVELS = {
  jpeg: () => 'quality / 100',
  h264: (most: number) => `rate factor / ${most}`,
  blur: (most: number) => `σ / ${most}`,
  noise: (most: number) => `σ / ${most}`,
} as const

/** One page without scripts or outside files: tables, and plots as inline SVG. */
export function evaluationToHtml(evaluation: Evaluation): string {
  const { data } = evaluation
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Evaluation</title><style>${STYLE}</style>
<h1>Evaluation</h1>
<p>${data.crops} crops of ${data.media} photographs and videos; split: ${escaped(data.splits.join(', '))}.</p>
<div class="plots">${plotsOf(evaluation.models).join('\n')}</div>
${tablesOf(evaluation).map(tableToHtml).join('\n')}
</html>
`
}

function plotsOf(models: readonly ModelEvaluation[]): string[] {
  const per = (line: (model: ModelEvaluation) => Line['points']) =>
    models.map((model) => ({ name: model.model, points: line(model) }))
  const plots = [
    plot(
      'ROC curve of frames',
      'false-positive rate',
      'share of fakes found',
      per(({ roc }) => roc.map((point) => [point.falsePositiveRate, point.truePositiveRate])),
      true,
    ),
  ]
  if (models.some(({ calibration }) => calibration)) {
    plots.push(
      plot(
        'Reliability',
        'probability that was said',
        'share that was fake',
        per(({ calibration }) =>
          (calibration?.reliability ?? []).flatMap(({ said, fake }) =>
            said === null || fake === null ? [] : [[said, fake] as const],
          ),
        ),
        true,
      ),
      plot(
        'Answering only the surest',
        'share answered',
        'share of errors',
        per(({ calibration }) => (calibration?.risk ?? []).map(({ coverage, risk }) => [coverage, risk])),
      ),
    )
  }
  const deleted = models.flatMap(({ model, deletion }) =>
    deletion ? [{ model, curve: deletion.curve }] : [],
  )
  if (deleted.length > 0) {
    plots.push(
      plot(
        'Deletion test',
        'share of the crop that is blurred',
        'mean score',
        deleted.flatMap(({ model, curve }) =>
          (['first', 'last'] as const).map((way) => ({
            name: `${model}, most suspicious ${way}`,
            points: curve.map((point) => [point.removed, point[way]] as const),
          })),
        ),
      ),
    )
  }
  for (const kind of ['jpeg', 'h264', 'blur', 'noise'] as const) {
    const most = Math.max(...models.flatMap(({ robustness }) => levels(robustness, kind)), 0)
    if (most === 0) continue
    plots.push(
      plot(
        `AUC under ${kind}`,
        LEVELS[kind](most),
        'AUC of frames',
        per(({ robustness }) =>
          robustness.flatMap(({ kind: own, level, frame }) =>
            own === kind && frame.auc ? [[level / most, frame.auc.value] as const] : [],
          ),
        ),
      ),
    )
  }
  return plots
}

const levels = (robustness: ModelEvaluation['robustness'], kind: string) =>
  robustness.flatMap((own) => (own.kind === kind && own.frame.auc ? [own.level] : []))

const tableToHtml = ({ title, head, rows }: Table) =>
  `<h2>${escaped(title)}</h2><div class="wide"><table><tr>${head.map((cell) => `<th>${escaped(cell)}</th>`).join('')}</tr>
${rows.map((row) => `<tr>${row.map((cell) => `<td>${escaped(cell)}</td>`).join('')}</tr>`).join('\n')}</table></div>`
