import { expect, test } from 'vitest'
import { changesToMarkdown, compareBeforeAfter, parseStep, type ScoredCrop } from '../../src/index.ts'

/** Two frames of each of so many files; the logits of the model before and of the new one. */
const crops = (
  label: 'real' | 'fake',
  method: string | null,
  files: number,
  logits: (at: number) => number[],
) =>
  [...Array(2 * files).keys()].map((i) => {
    const path = `${label}-${method}-${Math.floor(i / 2)}`
    const row = { source: 'mine', path, label, method, family: null, seconds: i % 2, quality: { side: 200 } }
    return { row, logits: logits(Math.floor(i / 2)) } as unknown as ScoredCrop
  })

const own = [
  ...crops('real', null, 30, (at) => [at % 2 === 0 ? 3 : -3, -3]),
  ...crops('fake', 'swap', 30, (at) => [at % 2 === 0 ? 3 : -3, 4]),
  ...crops('fake', 'texture', 30, (at) => [4 + (at % 3), -4]),
]

test('what got better and what worse is told by method, and false alarms apart', () => {
  const changes = compareBeforeAfter(own, { before: 0, after: 1 })
  expect(changes.map(({ method, before, after, change }) => [method, before, after, change])).toEqual([
    ['swap', 0.5, 1, 'better'],
    ['texture', 1, 0, 'worse'],
    ['all', 0.75, 0.5, 'worse'],
    ['genuine', 0.5, 0, 'better'],
  ])
  const table = changesToMarkdown(changes, { before: 'old', after: 'new' })
  expect(table).toContain('| mine | swap | 30 | 0.500 | 1.000 | better |')
  expect(table).toContain('| mine | genuine | 30 | 50.0 % | 0.0 % | better |')
  expect(table).toContain('Better: mine swap, mine genuine. Worse: mine texture, mine all.')
})

test('equal models differ in nothing, and without one before there is nothing to compare', () => {
  expect(compareBeforeAfter(own, { before: 0, after: 0 }).map(({ change }) => change)).toEqual(
    Array(4).fill('same'),
  )
  const alone = compareBeforeAfter(own, { before: null, after: 1 })
  expect(alone.every(({ before, change }) => before === null && change === null)).toBe(true)
})

test('lines of the trainer are read', () => {
  const line = 'step 40 rate 9.98e-05 classification 0.3141 map 0.0512 crops/s 9.8, 1 h 02 min left'
  expect(parseStep(line)).toEqual({ step: 40, loss: 0.3141, imagesPerSecond: 9.8, left: '1 h 02 min' })
  expect(parseStep('{"step": 187}')).toBeNull()
})
