import { readFile } from 'node:fs/promises'
import { openDetector } from '@unswap/detector'
import { expect, it } from 'vitest'
import { findRegressions, makeScorecard, type Scorecard } from '../../src/index.ts'
import { modelsDir, testdata } from '../forge/portraits.ts'

const committed = JSON.parse(
  await readFile(new URL('../../../../bench/scorecard.json', import.meta.url), 'utf8'),
) as Scorecard

it('does on the test data what the committed scorecard says', { timeout: 120_000 }, async () => {
  const detector = await openDetector({ modelsDir })
  const card = await makeScorecard(detector, testdata('.'))
  await detector.close()
  expect(findRegressions(card, committed)).toEqual([])
})

it('tells what has become worse', () => {
  const [first, ...rest] = committed.media
  const worse: Scorecard = {
    ...committed,
    auc: committed.auc - 0.1,
    falsePositiveRate: committed.falsePositiveRate + 0.2,
    media: [{ ...first!, logit: first!.logit + 1 }, ...rest.slice(1)],
  }
  expect(findRegressions(worse, committed)).toEqual([
    expect.stringMatching(/^false-positive rate/),
    expect.stringMatching(/^AUC/),
    expect.stringContaining(first!.path),
    `${rest[0]!.path} is gone`,
  ])
})
