import { expect, it } from 'vitest'
import { fuzzMedia } from '../media/fuzz-media.ts'

it('a hundred broken and hostile media: each ends in a report or in a code, and leaves nothing behind', async () => {
  const tally = await fuzzMedia({
    inputs: 100,
    seed: 20,
    workers: 1,
    heavy: 0,
    hangSeconds: 90,
    memoryBytes: 3 * 1024 ** 3,
  })
  expect(tally.failures).toEqual([])
  expect(tally).toMatchObject({ inputs: 100, crashes: 0, hangs: 0, leaks: 0, connections: 0 })
  // The corpus reaches past the front door: some media are still good enough to be judged.
  expect(tally.ends.report).toBeGreaterThan(10)
  expect(Object.keys(tally.ends)).toEqual(
    expect.arrayContaining(['report', 'media_unreadable', 'media_unsupported']),
  )
})
