import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Item, splitByIdentity } from '../../src/index.ts'

const clip = (n: number, identities: readonly string[], split: Item['split'] = null): Item => ({
  path: `${n}.mp4`,
  kind: 'video',
  label: 'real',
  family: null,
  method: null,
  video: `${n}`,
  identities,
  split,
  compression: null,
  mask: null,
})
const split = (items: Item[]) => splitByIdentity({ name: 'x', root: '.', items, missing: [] }).items

describe('splitByIdentity', () => {
  it('keeps people in one split who share a video, directly or through others', () => {
    const pairs = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 1, maxLength: 40 })
    fc.assert(
      fc.property(pairs, (all) => {
        const items = split(all.map(([a, b], n) => clip(n, [`p${a}`, `p${b}`])))
        for (const person of new Set(items.flatMap(({ identities }) => identities))) {
          const splits = items
            .filter(({ identities }) => identities.includes(person))
            .map((item) => item.split)
          expect(new Set(splits).size).toBe(1)
        }
      }),
    )
  })

  it('follows a split that is given, and gives each a fair share', () => {
    expect(
      split([clip(1, ['a']), clip(2, ['a', 'b']), clip(3, ['b'], 'test')]).map((item) => item.split),
    ).toEqual(['test', 'test', 'test'])
    const alone = split(Array.from({ length: 2000 }, (_, n) => clip(n, [`p${n}`])))
    const count = (name: string) => alone.filter((item) => item.split === name).length
    expect(count('test')).toBeGreaterThan(150)
    expect(count('test')).toBeLessThan(250)
    expect(count('train')).toBeGreaterThan(1500)
  })
})
