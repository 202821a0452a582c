import { describe, expect, it } from 'vitest'
import { seeded } from '../../src/forge/seeded-random.ts'
import { auditShortcuts, type CropRow, findLeaks, type Leak } from '../../src/index.ts'

const random = seeded(9)
const hash = () => Array.from({ length: 64 }, () => Math.floor(random.uniform(0, 16)).toString(16)).join('')

const row = (n: number, known: Partial<CropRow> = {}): CropRow => ({
  version: 'unswap.prepared/1',
  shard: 'shard-0000',
  row: n,
  offset: 0,
  bytes: 20_000 + Math.floor(random.uniform(0, 4000)),
  size: 288,
  margin: 1.6,
  source: 'drawn',
  path: `${n}.mp4`,
  video: `${n}`,
  identity: `p${n}`,
  identities: [`p${n}`],
  split: n % 2 === 0 ? 'train' : 'test',
  label: n % 4 < 2 ? 'real' : 'fake',
  family: null,
  method: null,
  compression: null,
  seconds: 0,
  quality: { side: random.uniform(200, 400), presence: 1, detectionScore: 1 },
  media: { width: 640, height: 480, bytes: random.uniform(1e6, 2e6), durationSeconds: 10 },
  hash: hash(),
  ...known,
})
const rows = (change: (n: number) => Partial<CropRow> = () => ({})) =>
  Array.from({ length: 80 }, (_, n) => row(n, change(n)))

describe('findLeaks', () => {
  const leak = (kind: Leak['kind'], name: string, ...surplus: string[]): Leak => ({
    ...{ kind, name, splits: ['train', 'test'], surplus },
  })

  it('lets a clean set pass', () => {
    expect(findLeaks(rows())).toEqual([])
  })

  it('finds a person, a video and a picture that are in two splits', () => {
    const same = hash()
    // 5 of its bits are turned over
    const nearly = `${(Number.parseInt(same[0]!, 16) ^ 15).toString(16)}${(Number.parseInt(same[1]!, 16) ^ 1).toString(16)}${same.slice(2)}`
    const leaking = rows((n) => ({
      ...(n === 4 || n === 5 ? { identities: [`p${n}`, 'twin'] } : {}),
      ...(n === 10 || n === 11 ? { video: 'both' } : {}),
      ...(n === 20 ? { hash: same } : {}),
      ...(n === 31 ? { hash: nearly } : {}),
      // in the same split: no leak
      ...(n === 40 || n === 42 ? { video: 'one', hash: '0'.repeat(64) } : {}),
    }))
    expect(findLeaks(leaking)).toEqual([
      leak('identity', 'drawn/twin', 'drawn/4.mp4'),
      leak('video', 'drawn/both', 'drawn/10.mp4'),
      leak('near_duplicate', 'drawn/20.mp4 = drawn/31.mp4', 'drawn/20.mp4'),
    ])
  })

  it('counts every bit in which two pictures differ', () => {
    const flipped = (count: number) => {
      const bits = Array.from({ length: 256 }, (_, i) => ((i * 37) % 256 < count ? 1 : 0)).join('')
      return bits.replace(/.{4}/g, (four) => Number.parseInt(four, 2).toString(16))
    }
    const found = (count: number) =>
      findLeaks([row(0, { hash: '0'.repeat(64) }), row(1, { hash: flipped(count) })]).length
    expect([0, 1, 16, 17, 128, 256].map(found)).toEqual([1, 1, 1, 0, 0, 0])
  })
})

describe('auditShortcuts', () => {
  const of = (all: CropRow[], property: string) =>
    auditShortcuts(all).find((shortcut) => shortcut.property === property)!

  it('finds nothing telling where nothing is', () => {
    expect(of(rows(), 'width of the media')).toEqual({
      property: 'width of the media',
      auc: 0.5,
      telling: false,
    })
    expect(of(rows(), 'source').telling).toBe(false)
  })

  it('finds compression, size and source that go with the label', () => {
    const compressed = rows((n) => ({ bytes: (n % 4 < 2 ? 30_000 : 12_000) + 40 * n }))
    expect(of(compressed, 'detail left in the crop (bytes per pixel)')).toMatchObject({
      auc: 1,
      telling: true,
    })
    expect(auditShortcuts(compressed)[0]!.telling).toBe(true)
    const sources = rows((n) => ({ source: n % 4 < 2 ? 'album' : 'generator' }))
    expect(of(sources, 'source')).toMatchObject({ auc: 1, telling: true })
  })

  it('finds a middle size among small and large ones', () => {
    const sized = rows((n) => ({
      media: { width: n % 4 < 2 ? (n % 2 ? 320 : 1920) : 640, height: 480, bytes: 1e6, durationSeconds: 10 },
    }))
    expect(of(sized, 'width of the media').auc).toBeGreaterThan(0.95)
  })
})
