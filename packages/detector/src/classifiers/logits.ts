import { type ClassifierManifest, OUTPUTS } from '@unswap/contract'
import { AUTHENTIC } from '../models/outputs.ts'

/** Probabilities are kept this far from 0 and 1, as float32 cannot express more: their log-odds stay finite. */
const LEAST_PROBABILITY = 1e-7

/**
 * The values of one crop as logits in the order of `OUTPUTS`, NaN where the network has no such output.
 *
 * A network that has `authentic` alone gives minus the logit of `manipulated`. One that has both is a softmax over two
 * classes, and the log-odds are the difference of their logits.
 */
export function logitsOf(
  values: Float32Array,
  { order, unit = 'logit' }: Pick<ClassifierManifest['outputs'], 'order' | 'unit'>,
): Float32Array {
  const read = unit === 'probability' ? logOddsOf : (value: number) => value
  const logit = (name: string) => {
    const at = order.indexOf(name)
    return at === -1 ? Number.NaN : read(values[at]!)
  }
  const manipulated = () => {
    if (!order.includes(AUTHENTIC)) return logit('manipulated')
    if (!order.includes('manipulated')) return -logit(AUTHENTIC)
    return unit === 'probability' ? logit('manipulated') : logit('manipulated') - logit(AUTHENTIC)
  }
  return Float32Array.from(OUTPUTS, (name) => (name === 'manipulated' ? manipulated() : logit(name)))
}

function logOddsOf(probability: number): number {
  const inside = Math.min(Math.max(probability, LEAST_PROBABILITY), 1 - LEAST_PROBABILITY)
  return Math.log(inside / (1 - inside))
}
