/** Numbers that look random and are the same for the same seed on every machine. */
export interface Random {
  /** Evenly spread in [low, high). */
  uniform(low: number, high: number): number
  /** Normal with mean 0 and standard deviation 1. */
  normal(): number
  pick<T>(items: readonly [T, ...T[]]): T
}

/** Mulberry32 (T. Ettinger, public domain) over a mixed seed, so that neighbouring seeds have unrelated streams. */
export function seeded(...seeds: readonly number[]): Random {
  let state = 0x9e3779b9
  for (const seed of seeds) state = Math.imul((state ^ (seed | 0)) + 0x7f4a7c15, 0x85ebca6b) ^ (state >>> 13)

  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    uniform: (low, high) => low + (high - low) * next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    pick: (items) => items[Math.floor(next() * items.length)] ?? items[0],
  }
}
