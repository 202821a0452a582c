import { expect, test } from 'vitest'
import { type Dataset, holdOut, type Item } from '../../src/index.ts'

const clips = (people: number, split: Item['split'] = null): Dataset => ({
  ...{ name: 'mine', root: '/', missing: [] },
  items: [...Array(2 * people).keys()].map((i) => ({
    ...{
      path: `${i}.mp4`,
      kind: 'video' as const,
      label: i % 2 === 0 ? ('real' as const) : ('fake' as const),
    },
    ...{ family: null, method: null, video: `${i}`, identities: [`p${Math.floor(i / 2)}`] },
    ...{ split, compression: null, mask: null },
  })),
})

test('few people are held out too, and each is in one split', () => {
  for (const people of [8, 12, 20, 50]) {
    const { items } = holdOut(clips(people))
    expect(new Set(items.map(({ split }) => split))).toContain('val')
    expect(items.some(({ split }) => split === 'train')).toBe(true)
    const splits = Map.groupBy(items, ({ identities }) => identities[0])
    for (const own of splits.values()) expect(new Set(own.map(({ split }) => split)).size).toBe(1)
  }
})

test('splits that the data set names stay', () => {
  expect(holdOut(clips(5, 'test')).items.every(({ split }) => split === 'test')).toBe(true)
})
