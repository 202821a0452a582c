import { type Random, random } from '../fuzz-random.ts'
import { attacks, type Input, type Target } from './attack-files.ts'
import { HEAVY, SPECIAL } from './harmful-files.ts'
import { mutate } from './mutate-file.ts'
import type { Seeds } from './sound-media.ts'

/** The inputs of a run: the same seed and number give the same bytes. */
export type Corpus = (index: number) => Promise<Input>

/** Of a hundred inputs, as many are mutated pictures, mutated videos, and attacks; the rest is built to harm. */
const SHARES = { images: 62, videos: 12, attacks: 6 } as const

/** @param heavy One input in so many takes seconds; 0 for none. */
export function corpus(seeds: Seeds, seed: number, target: Target, heavy: number): Corpus {
  const scripts = attacks(target)
  return async (index) => {
    const chances = random(seed, index)
    if (heavy > 0 && index % heavy === heavy - 1) return built(HEAVY, seeds, chances)
    const draw = chances.below(100)
    if (draw < SHARES.images) return mutated(seeds.images, chances)
    if (draw < SHARES.images + SHARES.videos) return mutated(seeds.videos, chances)
    if (draw < SHARES.images + SHARES.videos + SHARES.attacks) return chances.pick(scripts)
    return built(SPECIAL, seeds, chances)
  }
}

function mutated(sound: ReadonlyMap<string, Buffer>, chances: Random): Input {
  const [name, original] = chances.pick([...sound])
  const other = chances.chance(0.05) ? chances.pick([...sound.values()]) : undefined
  const cut = chances.below(original.length)
  const start = other ? Buffer.concat([original.subarray(0, cut), other.subarray(cut)]) : original
  const { how, bytes } = mutate(start, chances)
  return { name: `${name}: ${other ? 'spliced+' : ''}${how}`, bytes }
}

async function built(makers: typeof SPECIAL, seeds: Seeds, chances: Random): Promise<Input> {
  const name = chances.pick(Object.keys(makers))
  return { name, bytes: await makers[name]!(seeds, chances) }
}
