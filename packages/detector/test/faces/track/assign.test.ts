import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assign } from '../../../src/faces/track/assign.ts'

/** Cheapest total over every one-to-one choice, pairs of `Infinity` left out as seldom as can be. */
function cheapest(costs: readonly (readonly number[])[]): { pairs: number; cost: number } {
  const columns = costs[0]?.length ?? 0
  const search = (row: number, used: number): { pairs: number; cost: number } => {
    if (row === costs.length) return { pairs: 0, cost: 0 }
    let best = search(row + 1, used)
    for (let column = 0; column < columns; column++) {
      const cost = costs[row]![column]!
      if (used & (1 << column) || !Number.isFinite(cost)) continue
      const rest = search(row + 1, used | (1 << column))
      const total = { pairs: rest.pairs + 1, cost: rest.cost + cost }
      if (total.pairs > best.pairs || (total.pairs === best.pairs && total.cost < best.cost)) best = total
    }
    return best
  }
  return search(0, 0)
}

const matrix = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
  .chain(([rows, columns]) => {
    const cost = fc.oneof(
      { weight: 4, arbitrary: fc.integer({ min: 0, max: 50 }) },
      { weight: 1, arbitrary: fc.constant(Number.POSITIVE_INFINITY) },
    )
    const row = fc.array(cost, { minLength: columns, maxLength: columns })
    return fc.array(row, { minLength: rows, maxLength: rows })
  })

test('as cheap as the best of all assignments', () => {
  fc.assert(
    fc.property(matrix, (costs) => {
      const columns = assign(costs)
      const taken = columns.filter((column) => column >= 0)
      expect(new Set(taken).size).toBe(taken.length)
      const cost = columns.reduce((sum, column, row) => sum + (column < 0 ? 0 : costs[row]![column]!), 0)
      expect({ pairs: taken.length, cost }).toEqual(cheapest(costs))
    }),
    { numRuns: 300 },
  )
})

test('nothing to assign', () => {
  expect(assign([])).toEqual([])
  expect(assign([[], []])).toEqual([-1, -1])
  expect(assign([[Number.POSITIVE_INFINITY]])).toEqual([-1])
})
