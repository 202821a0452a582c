import { perVideo } from '../evaluate/crops/frame-and-video-scores.ts'
import type { ScoredCrop } from '../evaluate/crops/score-crops.ts'
import { bootstrap } from '../evaluate/metrics/bootstrap.ts'
import { framesOf } from '../evaluate/metrics/group-figures.ts'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { auc } from '../evaluate/metrics/roc-curve.ts'

/** Genuine frames above it count as false alarms: what `xception-1` ships with. */
const ALARM = 2
const DRAWS = 300

/** One data set and method, or its genuine media, by the model before and the new one. */
export interface Change {
  readonly source: string
  /** `genuine` for false alarms, `all` for every fake of a source that has several methods. */
  readonly method: string
  readonly files: number
  /** Area under the ROC curve of whole files; of genuine ones the share of frames above logit 2. Null without a model. */
  readonly before: number | null
  readonly after: number
  /** `same` where the interval of the difference, by file, holds 0. */
  readonly change: 'better' | 'worse' | 'same' | null
}

/**
 * Before and after on the same crops, by data set and method.
 * @param models places of the two in the crops' logits; `before` null where there is none
 */
export function compareBeforeAfter(
  crops: readonly ScoredCrop[],
  models: { readonly before: number | null; readonly after: number },
): Change[] {
  const sources = Map.groupBy(crops, ({ row }) => row.source)
  return [...sources].toSorted().flatMap(([source, own]) => {
    const reals = own.filter(({ row }) => row.label === 'real')
    const fakes = Map.groupBy(
      own.filter(({ row }) => row.label === 'fake'),
      methodOf,
    )
    const methods: [string, ScoredCrop[]][] = [...fakes].toSorted()
    if (methods.length > 1) methods.push(['all', [...fakes.values()].flat()])
    const rows: Change[] = []
    if (reals.length > 0) {
      for (const [method, forged] of methods) {
        const measured = measure(
          [...reals, ...forged],
          models,
          (some) => perVideo(framesOf(some.crops, some.model)),
          auc,
          1,
        )
        rows.push({ source, method, files: filesOf(forged), ...measured })
      }
      const alarms = measure(reals, models, (some) => framesOf(some.crops, some.model), alarmRate, -1)
      rows.push({ source, method: 'genuine', files: filesOf(reals), ...alarms })
    }
    return rows
  })
}

const methodOf = ({ row }: ScoredCrop) => row.method ?? row.family ?? 'fake'
const filesOf = (crops: readonly ScoredCrop[]) => new Set(crops.map(({ row }) => row.path)).size
const alarmRate = (samples: readonly Sample[]) =>
  samples.filter(({ value }) => value > ALARM).length / samples.length

/** @param sign 1 where more is better */
function measure(
  crops: readonly ScoredCrop[],
  models: { readonly before: number | null; readonly after: number },
  pool: (some: { crops: readonly ScoredCrop[]; model: number }) => Sample[],
  figure: (samples: readonly Sample[]) => number,
  sign: 1 | -1,
): Pick<Change, 'before' | 'after' | 'change'> {
  const after = pool({ crops, model: models.after })
  if (models.before === null) return { before: null, after: figure(after), change: null }
  const before = pool({ crops, model: models.before })
  const partner = new Map(before.map((sample, i) => [sample, after[i]!]))
  const gain = (drawn: readonly Sample[]) =>
    sign * (figure(drawn.map((sample) => partner.get(sample)!)) - figure(drawn))
  const { interval } = bootstrap(before, gain, { draws: DRAWS })
  const change = interval === null ? 'same' : interval[0] > 0 ? 'better' : interval[1] < 0 ? 'worse' : 'same'
  return { before: figure(before), after: figure(after), change }
}

/** A Markdown table of the changes, and a sentence of what got better and what worse. */
export function changesToMarkdown(
  changes: readonly Change[],
  names: { readonly before: string | null; readonly after: string },
): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  const figure = ({ method }: Change, value: number | null) =>
    value === null ? '–' : method === 'genuine' ? `${(100 * value).toFixed(1)} %` : value.toFixed(3)
  const said = { better: 'better', worse: 'worse', same: 'no clear difference' } as const
  const head = ['data set', 'method', 'files', names.before ?? 'before', names.after, 'change']
  const rows = changes.map((one) => [
    ...[one.source, one.method, `${one.files}`, figure(one, one.before), figure(one, one.after)],
    one.change === null ? '–' : said[one.change],
  ])
  const list = (change: Change['change']) =>
    changes
      .filter((one) => one.change === change)
      .map(({ source, method }) => `${source} ${method}`)
      .join(', ') || 'nothing clearly'
  const sums = names.before === null ? [] : ['', `Better: ${list('better')}. Worse: ${list('worse')}.`]
  const legend = 'Area under the ROC curve of whole files; of genuine ones the share of frames above logit 2.'
  return [line(head), line(head.map(() => '---')), ...rows.map(line), '', legend, ...sums].join('\n')
}
