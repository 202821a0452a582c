import type { Evaluation, ModelEvaluation } from '../evaluate.ts'
import type { Estimate } from '../metrics/bootstrap.ts'
import type { Figures } from '../metrics/label-figures.ts'

/** Rows of text under a heading, for Markdown and HTML alike. */
export interface Table {
  readonly title: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

const FIGURES = [
  'false positives',
  'found fakes',
  'accuracy',
  'AUC',
  'average precision',
  'equal error rate',
] as const

/** The tables of an evaluation, false positives on reals first. */
export function tablesOf({ models, maps }: Evaluation): Table[] {
  const head = ['model', 'per', 'real', 'fake', ...FIGURES]
  const summary = models.flatMap((own) => [
    [own.model, 'frame', ...cells(own.frame)],
    [own.model, 'video', ...cells(own.video)],
  ])
  const groups = models.flatMap((own) =>
    own.groups.flatMap(({ by, name, frame, video }) => [
      [own.model, `${by} ${name}`, 'frame', ...cells(frame)],
      [own.model, `${by} ${name}`, 'video', ...cells(video)],
    ]),
  )
  const degraded = models.flatMap((own) =>
    own.robustness.map(({ kind, level, kernel, format, frame }) => [
      own.model,
      [kind, kind === 'none' ? '' : level, kernel ?? format ?? ''].join(' ').trim(),
      ...cells(frame),
    ]),
  )
  const fitted = models.flatMap(calibrated)
  const deleted = models.flatMap(({ model, deletion }) =>
    deletion ? [[model, `${deletion.crops}`, deletion.gap.toFixed(3)]] : [],
  )
  const shown = maps ? [[`${maps.pictures}`, maps.overlap.toFixed(3), maps.everything.toFixed(3)]] : []
  return [
    { title: 'At the shipped threshold, with 95 % intervals by video', head, rows: summary },
    { title: 'By group', head: ['model', 'group', ...head.slice(1)], rows: groups },
    {
      title: 'Probabilities per photograph or video',
      head: [
        ...['model', 'calibration', 'fakes assumed'],
        ...['expected calibration error', 'Brier score', 'area under risk-coverage'],
      ],
      rows: fitted,
    },
    { title: 'Spoilt crops', head: ['model', 'how', ...head.slice(2)], rows: degraded },
    {
      title: 'Manipulation map beside true masks (intersection over union)',
      head: ['pictures', 'map', 'a map of everything'],
      rows: shown,
    },
    {
      title: 'Deletion test: does the score hang on what the map points at? (0: not at all)',
      head: ['model', 'found fakes', 'area between least and most suspicious first'],
      rows: deleted,
    },
  ].filter(({ rows }) => rows.length > 0)
}

/** A Markdown section for the model card. */
export function evaluationToMarkdown(evaluation: Evaluation): string {
  const { data } = evaluation
  const intro = `${data.crops} crops of ${data.media} photographs and videos; split: ${data.splits.join(', ')}.`
  const tables = tablesOf(evaluation).map(({ title, head, rows }) =>
    [`### ${title}`, '', line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n'),
  )
  return `${['## Evaluation', intro, ...tables].join('\n\n')}\n`
}

const line = (row: readonly string[]) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

function cells({ samples, ...figures }: Figures): string[] {
  return [
    `${samples.real}`,
    `${samples.fake}`,
    share(figures.falsePositiveRate),
    share(figures.truePositiveRate),
    share(figures.accuracy),
    area(figures.auc),
    area(figures.averagePrecision),
    share(figures.equalErrorRate),
  ]
}

function calibrated({ model, calibration }: ModelEvaluation): string[][] {
  if (calibration === null) return []
  const { status, prior, expectedCalibrationError, brierScore, areaUnderRisk } = calibration
  const figures = [expectedCalibrationError, brierScore, areaUnderRisk].map((figure) => figure.toFixed(3))
  return [[model, status, `${Math.round(100 * prior)} %`, ...figures]]
}

const share = (estimate: Estimate | null) => told(estimate, (value) => (100 * value).toFixed(1), ' %')
const area = (estimate: Estimate | null) => told(estimate, (value) => value.toFixed(3), '')

function told(estimate: Estimate | null, write: (value: number) => string, unit: string): string {
  if (estimate === null) return '–'
  const { value, interval } = estimate
  return `${write(value)}${unit}${interval ? ` (${write(interval[0])}–${write(interval[1])})` : ''}`
}
