/**
 * The cheapest one-to-one assignment of rows to columns (Hungarian method with potentials, O(n³); Kuhn 1955, Munkres
 * 1957). Costs of `Infinity` are never assigned.
 *
 * @param costs rows × columns, all rows of the same length
 * @returns per row its column, or −1
 */
export function assign(costs: readonly (readonly number[])[]): number[] {
  const rows = costs.length
  const columns = costs[0]?.length ?? 0
  const size = Math.max(rows, columns)
  const finite = costs.flat().filter(Number.isFinite)
  // costs more than any set of allowed pairs, so that forbidden ones are taken only when no other is left
  const forbidden = (Math.max(0, ...finite.map(Math.abs)) + 1) * (2 * size + 1)
  const cost = (row: number, column: number): number => {
    const value = costs[row]?.[column] ?? Number.POSITIVE_INFINITY
    return Number.isFinite(value) ? value : forbidden
  }
  const rowOf = solve(size, cost)
  const result = new Array<number>(rows).fill(-1)
  rowOf.forEach((row, column) => {
    if (row < rows && column < columns && Number.isFinite(costs[row]![column]!)) result[row] = column
  })
  return result
}

/** Shortest augmenting paths over a square matrix; the row of each column. Index 0 of the arrays is the path's start. */
function solve(size: number, cost: (row: number, column: number) => number): number[] {
  const rowPotential = new Float64Array(size + 1)
  const columnPotential = new Float64Array(size + 1)
  const matched = new Int32Array(size + 1)
  for (let row = 1; row <= size; row++) {
    matched[0] = row
    const slack = new Float64Array(size + 1).fill(Number.POSITIVE_INFINITY)
    const cameFrom = new Int32Array(size + 1)
    const visited = new Uint8Array(size + 1)
    let column = 0
    do {
      visited[column] = 1
      const current = matched[column]!
      let [least, next] = [Number.POSITIVE_INFINITY, 0]
      for (let j = 1; j <= size; j++) {
        if (visited[j]) continue
        const reduced = cost(current - 1, j - 1) - rowPotential[current]! - columnPotential[j]!
        if (reduced < slack[j]!) {
          slack[j] = reduced
          cameFrom[j] = column
        }
        if (slack[j]! < least) {
          least = slack[j]!
          next = j
        }
      }
      for (let j = 0; j <= size; j++) {
        if (visited[j]) {
          rowPotential[matched[j]!]! += least
          columnPotential[j]! -= least
        } else slack[j]! -= least
      }
      column = next
    } while (matched[column] !== 0)
    while (column !== 0) {
      const before = cameFrom[column]!
      matched[column] = matched[before]!
      column = before
    }
  }
  return Array.from(matched.subarray(1), (row) => row - 1)
}
