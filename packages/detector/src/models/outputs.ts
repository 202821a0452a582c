import { type ClassifierManifest, OUTPUTS } from '@unswap/contract'

/** Place of the overall output in lists that are in the order of `OUTPUTS`. */
export const MANIPULATED = OUTPUTS.indexOf('manipulated')

/** Place of an output in lists that are in the order of `OUTPUTS`; -1 for an unknown one. */
export const outputIndex = (name: string): number => (OUTPUTS as readonly string[]).indexOf(name)

/** How real a face is: some networks give this instead of `manipulated`, or beside it. */
export const AUTHENTIC = 'authentic'

/** Fields on a side to which a temporal head's rows average the manipulation map. */
export const MAP_FIELDS = 7

/** Names of the tensors that a classifier's network gives. */
export const outputNames = ({ logits, map, features }: ClassifierManifest['outputs']): string[] => [
  logits,
  ...[map, features].flatMap((output) => output?.name ?? []),
]
