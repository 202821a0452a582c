import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Band } from '@unswap/contract'
import type { Detector } from '@unswap/detector'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { auc, ratesAt } from '../evaluate/metrics/roc-curve.ts'
import type { Label } from '../lab-vocabulary.ts'

/** Enough for a steady mean, few enough for every run of the tests. */
const FRAMES = 8

export interface ScoredMedia {
  readonly path: string
  readonly label: Label
  /** Highest pooled logit `manipulated` of its faces, mean over the models. */
  readonly logit: number
  readonly band: Band
}

/** How the detector does on the project's own test data, from the file to the verdict. */
export interface Scorecard {
  readonly models: readonly string[]
  /** Share of the real media whose highest logit is above 0; it comes first because it harms real people. */
  readonly falsePositiveRate: number
  readonly truePositiveRate: number
  readonly auc: number
  readonly media: readonly ScoredMedia[]
}

/** Analyses `real/`, `fake/` and the clips of `video/` in `folder`. */
export async function makeScorecard(detector: Detector, folder: string): Promise<Scorecard> {
  const media: ScoredMedia[] = []
  for (const { path, label } of await listCases(folder)) {
    const { report } = await detector.analyze(
      { path: join(folder, path) },
      { sampling: { count: FRAMES }, evidenceFrames: 0 },
    )
    const logits = report.faces.map(
      ({ models }) => models.reduce((sum, { logit }) => sum + logit, 0) / models.length,
    )
    media.push({ path, label, logit: rounded(Math.max(...logits)), band: report.verdict.band })
  }
  const samples = media.map(({ path, label, logit }): Sample => ({ label, value: logit, group: path }))
  const { falsePositiveRate, truePositiveRate } = ratesAt(samples, 0)
  return {
    models: detector.models.map(({ id, variant }) => `${id} ${variant}`),
    falsePositiveRate: rounded(falsePositiveRate),
    truePositiveRate: rounded(truePositiveRate),
    auc: rounded(auc(samples)),
    media,
  }
}

async function listCases(folder: string): Promise<{ path: string; label: Label }[]> {
  const list = async (below: string) => (await readdir(join(folder, below))).toSorted()
  const of = (names: string[], below: string, label: Label) =>
    names.map((name) => ({ path: `${below}/${name}`, label }))
  const clips = await list('video')
  return [
    ...of(await list('real'), 'real', 'real'),
    ...of(
      (await list('fake')).filter((name) => !name.endsWith('.mask.png')),
      'fake',
      'fake',
    ),
    ...of(
      clips.filter((name) => name.startsWith('real-')),
      'video',
      'real',
    ),
    ...of(
      clips.filter((name) => name.startsWith('fake-')),
      'video',
      'fake',
    ),
  ]
}

const rounded = (value: number) => Math.round(value * 1e3) / 1e3
