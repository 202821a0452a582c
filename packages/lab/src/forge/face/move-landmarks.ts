import type { Recipe } from '../forge-recipe.ts'
import { centreOf, faceSize, LIPS, MOUTH, movePoints, type Points } from './landmarks.ts'

/** Where to take the inserted face from, when it should appear moved, scaled, turned and bent as the recipe says. */
export function displace(points: Points, { place, elastic }: Recipe): Points {
  const size = faceSize(points)
  const [cx, cy] = centreOf(points)
  const [cos, sin] = [Math.cos(place.roll) / place.scale, Math.sin(place.roll) / place.scale]
  return movePoints(points, (x, y) => {
    const [u, v] = [x - cx - place.dx * size, y - cy - place.dy * size]
    const [wx, wy] = wave(elastic, u / size, v / size)
    return [cx + cos * u + sin * v + size * wx, cy - sin * u + cos * v + size * wy]
  })
}

/** A sum of slow sine waves, about one to two over the face; at most `size` each way. */
function wave({ size, phases }: Recipe['elastic'], u: number, v: number): [number, number] {
  if (size === 0) return [0, 0]
  const count = phases.length / 2
  let [x, y] = [0, 0]
  for (let k = 0; k < count; k++) {
    const angle = (Math.PI * k) / count
    const along = 2 * Math.PI * (0.6 + 0.3 * k) * (Math.cos(angle) * u + Math.sin(angle) * v)
    x += Math.sin(along + phases[2 * k]!)
    y += Math.sin(along + phases[2 * k + 1]!)
  }
  return [(size * x) / count, (size * y) / count]
}

/** The points with another expression of the mouth; points far from it stay. */
export function moveMouth(points: Points, { mouth }: Recipe): Points {
  const at = (index: number): [number, number] => [points[2 * index]!, points[2 * index + 1]!]
  const [left, right, bottom, chin] = [at(MOUTH.left), at(MOUTH.right), at(MOUTH.bottom), at(MOUTH.chin)]
  const width = Math.hypot(right[0] - left[0], right[1] - left[1])
  const across = [(right[0] - left[0]) / width, (right[1] - left[1]) / width] as const
  const down = [-across[1], across[0]] as const
  const pulls = [
    { at: left, reach: 0.35, across: -mouth.widen, down: -mouth.smile },
    { at: right, reach: 0.35, across: mouth.widen, down: -mouth.smile },
    { at: bottom, reach: 0.4, across: 0, down: mouth.jaw },
    { at: chin, reach: 0.4, across: 0, down: mouth.jaw / 2 },
  ]
  return movePoints(points, (x, y) => {
    let [mx, my] = [x, y]
    for (const pull of pulls) {
      const near =
        width * Math.exp(-((x - pull.at[0]) ** 2 + (y - pull.at[1]) ** 2) / (2 * (pull.reach * width) ** 2))
      mx += near * (pull.across * across[0] + pull.down * down[0])
      my += near * (pull.across * across[1] + pull.down * down[1])
    }
    return [mx, my]
  })
}

/**
 * The target's points with the source's lips between the target's corners of the mouth: a closed mouth cannot be
 * stretched over an open one. The skin around follows, less and less, within half a mouth.
 */
export function keepLips(source: Points, target: Points): Points {
  const [left, right] = [2 * MOUTH.left, 2 * MOUTH.right]
  const [sx, sy] = [source[right]! - source[left]!, source[right + 1]! - source[left + 1]!]
  const [tx, ty] = [target[right]! - target[left]!, target[right + 1]! - target[left + 1]!]
  const [a, b] = [(sx * tx + sy * ty) / (sx ** 2 + sy ** 2), (sx * ty - sy * tx) / (sx ** 2 + sy ** 2)]
  const shifts = LIPS.map((index) => {
    const [x, y] = [source[2 * index]! - source[left]!, source[2 * index + 1]! - source[left + 1]!]
    const at = [target[2 * index]!, target[2 * index + 1]!] as const
    return { at, dx: target[left]! + a * x - b * y - at[0], dy: target[left + 1]! + b * x + a * y - at[1] }
  })
  const reach = 0.2 * Math.hypot(tx, ty)
  return movePoints(target, (x, y) => {
    let [total, dx, dy, nearest] = [0, 0, 0, Infinity]
    for (const shift of shifts) {
      const square = (x - shift.at[0]) ** 2 + (y - shift.at[1]) ** 2
      const weight = 1 / (square + 1e-3) ** 2
      total += weight
      dx += weight * shift.dx
      dy += weight * shift.dy
      nearest = Math.min(nearest, square)
    }
    const fade = Math.exp(-nearest / (2 * reach ** 2)) / total
    return [x + fade * dx, y + fade * dy]
  })
}
