import { beforeEach, describe, expect, it } from 'vitest'
import type { Square } from '../../src/evaluate/crops/detector-view.ts'
import { type CropRow, type Degradation, degrade, GRID, readPrepared } from '../../src/index.ts'
import { bytesOf, type CropOf, preparedFolder, SIDE } from './crops.ts'

/** A bright disc off the centre on a striped ground: edges, detail and a place. */
const disc: CropOf['paint'] = (x, y) =>
  Math.hypot(x - 170, y - 120) < 40 ? [230, 180, 150] : [60 + 20 * (x % 4), 70, 90]
const square: Square = { size: SIDE, rgb: bytesOf(disc) }

let rows: readonly CropRow[]
beforeEach(async () => {
  rows = (await readPrepared(await preparedFolder([{ label: 'real', paint: disc }]))).rows
})

const spoilt = async (how: Degradation) => (await degrade([square], rows, how))[0]!
const difference = (a: Square, b: Square) =>
  a.rgb.reduce((sum, value, i) => sum + Math.abs(value - b.rgb[i]!), 0) / a.rgb.length

/** Where the disc is, and how large. */
function discOf({ size, rgb }: Square) {
  let [x, y, count] = [0, 0, 0]
  for (let i = 0; i < size * size; i++) {
    if (rgb[3 * i]! < 190) continue
    x += (i % size) / size
    y += Math.floor(i / size) / size
    count++
  }
  return { x: x / count, y: y / count, radius: Math.sqrt(count / Math.PI) / size }
}

describe('degrade', { timeout: 60_000 }, () => {
  it.each(GRID.map((how) => [`${how.kind} ${how.level} ${how.kernel ?? how.format ?? ''}`, how] as const))(
    '%s gives the same bytes twice, of a face that is still there',
    async (_, how) => {
      const [once, twice] = [await spoilt(how), await spoilt(how)]
      expect(Buffer.compare(once.rgb, twice.rgb)).toBe(0)
      expect(once.rgb).toHaveLength(3 * once.size ** 2)
      const { x, y } = discOf(once)
      expect(Math.hypot(x - 170 / SIDE, y - 120 / SIDE)).toBeLessThan(0.12)
    },
  )

  it.each([
    ['jpeg', 80, 10],
    ['h264', 18, 40],
    ['blur', 1, 3],
    ['noise', 0.05, 0.2],
    ['resize', 224, 64],
  ] as const)('%s at %d spoils less than at %d', async (kind, weak, strong) => {
    const [little, much] = [await spoilt({ kind, level: weak }), await spoilt({ kind, level: strong })]
    expect(difference(square, little)).toBeGreaterThan(0)
    expect(difference(square, much)).toBeGreaterThan(difference(square, little))
  })

  it('codes each crop alone: its neighbours in the video change nothing', async () => {
    const other: Square = { size: SIDE, rgb: bytesOf((x) => [x % 256, 10, 200]) }
    const [, second] = await degrade([other, square], [rows[0]!, rows[0]!], { kind: 'h264', level: 40 })
    const alone = await spoilt({ kind: 'h264', level: 40 })
    expect(difference(alone, second!)).toBe(0)
  })

  it('shifts, zooms and turns by as much as it says', async () => {
    const from = discOf(square)
    const shifted = discOf(await spoilt({ kind: 'shift', level: 0.1 }))
    expect(Math.hypot(shifted.x - from.x, shifted.y - from.y)).toBeCloseTo(0.1, 2)
    const zoomed = discOf(await spoilt({ kind: 'zoom', level: 1.1 }))
    expect(Math.abs(zoomed.radius / from.radius - 1 / 1.1)).toBeLessThan(0.01)
    const turned = discOf(await spoilt({ kind: 'turn', level: 10 }))
    const angle = ({ x, y }: typeof from) => Math.atan2(y - 0.5, x - 0.5)
    expect((Math.abs(angle(turned) - angle(from)) * 180) / Math.PI).toBeCloseTo(10, 0)
  })

  it('keeps a screenshot at the size of the screen', async () => {
    expect((await spoilt({ kind: 'screenshot', level: 0.5, format: 'png' })).size).toBe(SIDE / 2)
    expect((await spoilt({ kind: 'screenshot', level: 1.5, format: 'jpeg' })).size).toBe(1.5 * SIDE)
  })
})
