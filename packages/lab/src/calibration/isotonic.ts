import type { Sample } from '../evaluate/metrics/labelled-sample.ts'

interface Block {
  readonly weight: number
  readonly value: number
  readonly fakes: number
}

/**
 * Isotonic regression of the label on the value, by pooling adjacent violators (Zadrozny and Elkan 2002). Blocks of
 * samples have shares of fakes that never fall. Between the means of blocks the curve is linear, outside it is flat.
 */
export function fitIsotonic(samples: readonly Sample[]): (value: number) => number {
  const ties = Map.groupBy(samples, ({ value }) => value)
  const blocks: Block[] = []
  for (const [value, tied] of [...ties].toSorted(([a], [b]) => a - b)) {
    blocks.push({ weight: tied.length, value, fakes: tied.filter(({ label }) => label === 'fake').length })
    while (blocks.length > 1 && share(blocks.at(-2)!) >= share(blocks.at(-1)!)) {
      const last = blocks.pop()!
      blocks.push(pool(blocks.pop()!, last))
    }
  }
  return (value) => interpolate(blocks, value)
}

const share = ({ fakes, weight }: Block) => fakes / weight

function pool(a: Block, b: Block): Block {
  const weight = a.weight + b.weight
  return { weight, value: (a.value * a.weight + b.value * b.weight) / weight, fakes: a.fakes + b.fakes }
}

function interpolate(blocks: readonly Block[], value: number): number {
  const above = blocks.findIndex((block) => block.value >= value)
  if (above === -1) return share(blocks.at(-1)!)
  if (above === 0) return share(blocks[0]!)
  const [a, b] = [blocks[above - 1]!, blocks[above]!]
  return share(a) + ((value - a.value) / (b.value - a.value)) * (share(b) - share(a))
}
