import { type ClassifierManifest, FAMILIES } from '@unswap/contract'

/** The order of `CropLogits.logits`. */
export const OUTPUTS: readonly string[] = ['manipulated', ...FAMILIES]

/** How real a face is: what some networks say in place of, or beside, `manipulated`. */
export const AUTHENTIC = 'authentic'

/** The tensors that are asked of a network. */
export const outputNames = ({ logits, map, features }: ClassifierManifest['outputs']): string[] => [
  logits,
  ...[map, features].flatMap((output) => output?.name ?? []),
]

/** Float32 probabilities end here; a network that says 0 or 1 is not infinitely sure. */
const LEAST = 1e-7

/**
 * The values of one crop as logits in the order of `OUTPUTS`, NaN where the network has no such output. A logit of
 * `authentic` alone counts against `manipulated`; beside it, the two are classes of a softmax, whose log-odds are the
 * difference of their logits.
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
  const inside = Math.min(Math.max(probability, LEAST), 1 - LEAST)
  return Math.log(inside / (1 - inside))
}
