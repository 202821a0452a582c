import { basename } from 'node:path'
import type { Calibration, ClassifierManifest } from '@unswap/contract'
import { SPLITS, type Split } from '../lab-vocabulary.ts'
import type { CropRow } from '../preprocess/crop-row.ts'
import { type Change, changesToMarkdown } from './before-after.ts'
import type { TrainingSettings } from './training-folder.ts'

/** What a model was made and measured with. */
export interface DataCounts {
  readonly sources: readonly string[]
  readonly splits: Readonly<
    Record<Split, { readonly crops: number; readonly real: number; readonly fake: number }>
  >
}

/** Crops of each split, and media of each label. */
export function countData(rows: readonly CropRow[]): DataCounts {
  const of = (split: Split) => {
    const own = rows.filter((row) => row.split === split)
    const media = (label: CropRow['label']) =>
      new Set(own.filter((row) => row.label === label).map(({ source, path }) => `${source}/${path}`)).size
    return { crops: own.length, real: media('real'), fake: media('fake') }
  }
  const splits = Object.fromEntries(SPLITS.map((split) => [split, of(split)])) as DataCounts['splits']
  return { sources: [...new Set(rows.map(({ source }) => source))].toSorted(), splits }
}

/** How the model was trained, for its manifest. */
export function summaryOf(
  settings: TrainingSettings,
  { sources, splits }: DataCounts,
  minutes: number,
): string {
  const start = settings.from === null ? 'From nothing' : `From ${basename(settings.from)}`
  const long = settings.options.includes('--steps') ? '' : `${minutes} minutes `
  const { crops, real, fake } = splits.train
  const options = settings.options.length > 0 ? `; options of the trainer: ${settings.options.join(' ')}` : ''
  return `${start}, ${long}on ${crops} crops of ${real} real and ${fake} manipulated media of ${sources.join(', ')}, and on forgeries made of them on the fly${options}`
}

interface CardFacts {
  readonly manifest: ClassifierManifest
  readonly summary: string
  readonly data: DataCounts
  readonly calibration: Calibration
  readonly changes: readonly Change[]
  readonly before: string | null
}

/** MODEL_CARD.md of a model that `unswap train` made. */
export function modelCard({ manifest, summary, data, calibration, changes, before }: CardFacts): string {
  const rows = Object.entries(data.splits).map(
    ([split, { crops, real, fake }]) => `| ${split} | ${crops} | ${real} | ${fake} |`,
  )
  const bands = (['image', 'video'] as const).map((kind) => {
    const { bands: own, samples } = calibration[kind]
    return `- ${kind}: ${samples} media; \`likely_manipulated\` from ${own.manipulated.toFixed(3)}, where at most ${(100 * own.falsePositiveRate).toFixed(1)} % of genuine ones like these are`
  })
  const files = manifest.weights.map(
    ({ file, variant, bytes }) => `\`${file}\` (${variant}, ${(bytes / 1e6).toFixed(1)} MB)`,
  )
  return `${[
    `# ${manifest.id}`,
    `Made by \`unswap train\` on ${manifest.training.date}. ${summary}.`,
    `Weights: ${files.join(', ')}. Licence: ${manifest.licence.name}. The training pictures decide what the model may be used for.`,
    '## Data',
    ['| split | crops | real media | manipulated media |', '| --- | --- | --- | --- |', ...rows].join('\n'),
    '## Before and after, on the `val` split',
    'The best step was chosen on these people, so the figures flatter; `figures.json` has those of `test`, where there is one.',
    changesToMarkdown(changes, { before, after: manifest.id }),
    '## Calibration',
    `Status: **${calibration.status}**. ${calibration.fittedOn}.`,
    bands.join('\n'),
    '## Limits',
    'Everything above holds for media like those that it was measured on, and for no others. Nothing was measured of other cameras, methods and compressions, of skin tone, age or sex, or of people who try to evade it.',
  ].join('\n\n')}\n`
}
