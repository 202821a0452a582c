import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createScorer, openClassifiers } from '@unswap/detector'
import { describe, expect, it, onTestFinished } from 'vitest'
import { addModel } from '../../../detector/test/classifiers/models.ts'
import {
  type EvaluateOptions,
  evaluate,
  evaluationToHtml,
  evaluationToMarkdown,
  GRID,
  readPrepared,
} from '../../src/index.ts'
import { addBaseline } from './baseline.ts'
import { type Colour, type CropOf, preparedFolder } from './crops.ts'

/** Two networks of unlike interfaces: `meso` finds blue manipulated, `planar` finds what is bright. */
async function evaluated(crops: readonly CropOf[], options: Partial<EvaluateOptions> = {}) {
  const modelsDir = await mkdtemp(join(tmpdir(), 'unswap-baselines-'))
  onTestFinished(() => rm(modelsDir, { recursive: true }))
  await addBaseline(modelsDir)
  await addModel(modelsDir, 'planar', 'nchw', {
    manifest: (manifest) => ({ ...manifest, thresholds: { manipulated: -5 } }),
  })
  const classifiers = await openClassifiers({ modelsDir, threads: 1 })
  const scorer = createScorer(classifiers)
  onTestFinished(() => scorer.close())
  const settings = { classifiers, scorer, calibrations: [null, null], robustness: 0, deletion: 0, ...options }
  const figures = await evaluate(await readPrepared(await preparedFolder(crops)), settings)
  return { ...figures, maps: null }
}

const red = () => [204, 102, 51] as const
const blue = () => [51, 102, 204] as const

describe('evaluate', () => {
  it('compares networks of unlike interfaces in one run, each as its manifest says', async () => {
    const evaluation = await evaluated([
      { label: 'real', paint: red },
      { label: 'real', paint: red },
      { label: 'fake', paint: blue },
      { label: 'fake', paint: blue },
    ])
    const [meso, planar] = evaluation.models
    expect(meso).toMatchObject({
      model: 'meso',
      frame: { auc: { value: 1 }, falsePositiveRate: { value: 0 } },
    })
    expect(meso!.deletion).toBeNull()
    // both colours are bright enough for its threshold of −5
    expect(planar).toMatchObject({ model: 'planar', frame: { falsePositiveRate: { value: 1 } } })
    const markdown = evaluationToMarkdown(evaluation)
    expect(markdown).toContain('| meso | frame | 2 | 2 | 0.0 %')
    expect(markdown).toContain('| planar | frame | 2 | 2 |')
  })

  it('gives the false-positive rate of every group of people', async () => {
    const person = (
      label: 'real' | 'fake',
      sex: string,
      skinTone: string,
      paint: CropOf['paint'],
    ): CropOf => ({
      label,
      paint,
      traits: { sex, skinTone },
    })
    const { models } = await evaluated([
      person('real', 'female', 'V', blue), // taken for a fake
      person('real', 'female', 'II', red),
      person('fake', 'female', 'V', blue),
      person('real', 'male', 'II', red),
      person('fake', 'male', 'II', blue),
      { label: 'real', paint: blue }, // nobody labelled
    ])
    const rates = models[0]!.groups.map(({ by, name, frame }) => [by, name, frame.falsePositiveRate?.value])
    expect(rates).toEqual([
      ['sex', 'female', 0.5],
      ['sex', 'male', 0],
      ['skinTone', 'II', 0],
      ['skinTone', 'V', 1],
    ])
  })

  it('finds by deletion whether a score hangs on what the map points at', async () => {
    // the network scores brightness and its map shows red, so its map tells the truth of a pinkish spot alone
    const spot = (inside: Colour, outside: Colour) => (x: number, y: number) =>
      Math.abs(x - 110) < 50 && Math.abs(y - 110) < 50 ? inside : outside
    const gapOf = async (paint: CropOf['paint']) => {
      const { models } = await evaluated([{ label: 'fake', paint }], { deletion: 3 })
      return models[1]!.deletion!
    }
    const told = await gapOf(spot([255, 250, 250], [50, 40, 40]))
    expect(told.crops).toBe(1)
    expect(told.gap).toBeGreaterThan(0.001)
    const [whole, gone] = [told.curve[0]!, told.curve.at(-1)!]
    expect(whole.first).toBe(whole.last)
    expect(gone.first).toBe(gone.last)
    const hidden = await gapOf(spot([0, 255, 255], [90, 20, 20]))
    expect(hidden.gap).toBeLessThan(-0.001)
  })

  it('spoils crops in every way, and says what that costs', async () => {
    const shades = (x: number, y: number): Colour => [200, 60 + (x % 64), 40 + (y % 64)]
    const grid = GRID.filter(({ kind }, i) => GRID[i + 1]?.kind !== kind) // the strongest of each
    const evaluation = await evaluated(
      [
        { label: 'real', paint: shades },
        { label: 'fake', paint: blue },
      ],
      { robustness: 1, grid },
    )
    const ways = evaluation.models[0]!.robustness
    expect(ways.map(({ kind }) => kind)).toEqual(grid.map(({ kind }) => kind))
    for (const { frame } of ways) expect(frame.samples).toEqual({ real: 1, fake: 1 })
    const html = evaluationToHtml(evaluation)
    expect(html).toContain('prefers-color-scheme: dark')
    for (const row of ['h264 40', 'screenshot 1.5 jpeg', 'turn 10', 'resize 64 lanczos3']) {
      expect(html).toContain(`<td>${row}</td>`)
    }
  })
})
