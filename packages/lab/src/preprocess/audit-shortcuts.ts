import { foldsByGroup } from '../calibration/folds.ts'
import { fitLogistic } from '../calibration/logistic.ts'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { auc } from '../evaluate/metrics/roc-curve.ts'
import type { CropRow } from './crop-row.ts'

/** Above this area under the curve a property tells the labels well enough to be learnt instead of the forgery. */
const TELLING = 0.65

/** How well one property, with no look at the face, tells real from fake. */
export interface Shortcut {
  readonly property: string
  /** Held-out AUC, folded to 0.5..1. */
  readonly auc: number
  readonly telling: boolean
}

const PROPERTIES: Readonly<Record<string, (row: CropRow) => number>> = {
  'width of the media': ({ media }) => Math.log(media.width),
  'height of the media': ({ media }) => Math.log(media.height),
  'bits per pixel of the media': ({ media }) =>
    Math.log(media.bytes / (media.width * media.height * Math.max(media.durationSeconds ?? 1, 1))),
  'duration of the media': ({ media }) => media.durationSeconds ?? 0,
  'side of the crop': ({ quality }) => Math.log(quality.side),
  'detail left in the crop (bytes per pixel)': ({ bytes, size }) => Math.log(bytes / size ** 2),
}

/**
 * Can a trivial model tell the labels? One number per property, per source, and all properties together, each held out
 * by video; the most telling first. A source that has one label alone is such a shortcut.
 */
export function auditShortcuts(rows: readonly CropRow[]): Shortcut[] {
  const measured = Object.entries(PROPERTIES).map(([property, read]) => ({
    property,
    auc: heldOut(rows, (row) => [read(row)]),
  }))
  const together = heldOut(rows, (row) => Object.values(PROPERTIES).map((read) => read(row)))
  return [
    ...measured,
    { property: 'all of these together', auc: together },
    { property: 'source', auc: bySource(rows) },
  ]
    .map((shortcut) => ({ ...shortcut, telling: shortcut.auc > TELLING }))
    .toSorted((a, b) => b.auc - a.auc)
}

interface Featured extends Sample {
  readonly features: readonly number[]
}

/** AUC of a logistic regression on standardised features and their squares, scored on folds that it did not see. */
function heldOut(rows: readonly CropRow[], read: (row: CropRow) => readonly number[]): number {
  const raw = rows.map(read)
  const columns = raw[0]!.map((_, c) => standardised(raw.map((features) => features[c]!)))
  const samples: Featured[] = rows.map(({ label, source, video }, i) => {
    const own = columns.map((column) => column[i]!)
    return {
      label,
      value: 0,
      group: `${source}/${video}`,
      features: [1, ...own, ...own.map((value) => value * value)],
    }
  })
  const folds = foldsByGroup(samples, 4)
  const scored = folds.flatMap((held, f) => {
    const seen = folds.filter((_, k) => k !== f).flat()
    const targets = seen.map(({ label }) => (label === 'fake' ? 1 : 0))
    const weights = fitLogistic(
      seen.map(({ features }) => features),
      targets,
      1,
    )
    const score = (features: readonly number[]) => features.reduce((sum, v, k) => sum + v * weights[k]!, 0)
    return held.map((sample): Sample => ({ ...sample, value: score(sample.features) }))
  })
  return Math.max(auc(scored), 0.5)
}

function bySource(rows: readonly CropRow[]): number {
  const shares = new Map(
    [...Map.groupBy(rows, ({ source }) => source)].map(([source, own]) => [
      source,
      own.filter(({ label }) => label === 'fake').length / own.length,
    ]),
  )
  return auc(rows.map(({ label, source, video }) => ({ label, value: shares.get(source)!, group: video })))
}

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  return values.map((value) => (deviation < 1e-9 ? 0 : (value - mean) / deviation))
}
