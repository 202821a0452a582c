import { UnswapError } from '@unswap/contract'
import type { Sample } from '../evaluate/metrics/labelled-sample.ts'

const STEPS = 100

/**
 * Weights of a logistic regression by Newton's method: the probability of fake is sigmoid(weights · features).
 * @param features one row per sample
 * @param targets 0..1 per sample
 * @param ridge penalty on the squared weights; keeps separable data finite
 */
export function fitLogistic(
  features: readonly (readonly number[])[],
  targets: readonly number[],
  ridge = 1e-6,
): number[] {
  const size = features[0]!.length
  let weights = new Array<number>(size).fill(0)
  for (let step = 0; step < STEPS; step++) {
    const gradient = weights.map((weight) => ridge * weight)
    const curvature = weights.map((_, i) => weights.map((_, j) => (i === j ? ridge : 0)))
    features.forEach((row, n) => {
      const p = sigmoid(dot(weights, row))
      for (let i = 0; i < size; i++) {
        gradient[i]! += (p - targets[n]!) * row[i]!
        for (let j = 0; j < size; j++) curvature[i]![j]! += p * (1 - p) * row[i]! * row[j]!
      }
    })
    const full = solve(curvature, gradient)
    const moved = takeStep(weights, full, (candidate) => loss(candidate, features, targets, ridge))
    const change = Math.max(...moved.map((weight, i) => Math.abs(weight - weights[i]!)))
    weights = moved
    if (change < 1e-10) break
  }
  return weights
}

/** Targets of Platt (1999): not 0 and 1 but what a uniform prior leaves, so that few samples give no certainty. */
export function smoothTargets(samples: readonly Sample[]): number[] {
  const fakes = samples.filter(({ label }) => label === 'fake').length
  const reals = samples.length - fakes
  return samples.map(({ label }) => (label === 'fake' ? (fakes + 1) / (fakes + 2) : 1 / (reals + 2)))
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** Log-odds of a probability, kept finite. */
export function logit(p: number): number {
  const inside = Math.min(Math.max(p, 1e-12), 1 - 1e-12)
  return Math.log(inside / (1 - inside))
}

const dot = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0)

function loss(
  weights: readonly number[],
  features: readonly (readonly number[])[],
  targets: readonly number[],
  ridge: number,
): number {
  const data = features.reduce((sum, row, n) => {
    const x = dot(weights, row)
    return sum + Math.max(x, 0) - targets[n]! * x + Math.log1p(Math.exp(-Math.abs(x)))
  }, 0)
  return data + (ridge / 2) * dot(weights, weights)
}

/** The Newton step, halved until the loss falls. */
function takeStep(weights: number[], step: number[], lossOf: (weights: number[]) => number): number[] {
  const before = lossOf(weights)
  for (let share = 1; share > 1e-6; share /= 2) {
    const candidate = weights.map((weight, i) => weight - share * step[i]!)
    if (lossOf(candidate) <= before) return candidate
  }
  return weights
}

/** Gaussian elimination with pivoting. */
function solve(matrix: readonly (readonly number[])[], right: readonly number[]): number[] {
  const rows = matrix.map((row, i) => [...row, right[i]!])
  const size = right.length
  for (let i = 0; i < size; i++) {
    const pivot = rows.reduce(
      (best, row, r) => (r >= i && Math.abs(row[i]!) > Math.abs(rows[best]![i]!) ? r : best),
      i,
    )
    ;[rows[i], rows[pivot]] = [rows[pivot]!, rows[i]!]
    if (rows[i]![i] === 0) {
      throw new UnswapError('bad_option', 'These samples do not determine a calibration; take more of them.')
    }
    for (let r = i + 1; r < size; r++) {
      const factor = rows[r]![i]! / rows[i]![i]!
      for (let c = i; c <= size; c++) rows[r]![c]! -= factor * rows[i]![c]!
    }
  }
  const solution = new Array<number>(size).fill(0)
  for (let i = size - 1; i >= 0; i--) {
    const known = rows[i]!.slice(i + 1, size).reduce((sum, value, k) => sum + value * solution[i + 1 + k]!, 0)
    solution[i] = (rows[i]![size]! - known) / rows[i]![i]!
  }
  return solution
}
