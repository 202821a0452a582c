import type { Sample } from '../evaluate/metrics/labelled-sample.ts'
import { type BandRates, fewest } from './conformal-bands.ts'

/** A curve of a stratum needs this many groups of each label, whatever the rates. */
const GROUPS = 10

export interface StratumSamples<S> {
  readonly sideFrom: number
  readonly sideTo: number | null
  readonly own: readonly S[]
}

/** Samples by side of the face, for the strata that have enough of them for the rates. Boundaries ascend. */
export function strataOf<S extends Sample & { readonly side: number }>(
  samples: readonly S[],
  { strata = [], ...rates }: BandRates & { readonly strata?: readonly number[] },
): StratumSamples<S>[] {
  if (strata.length === 0) return []
  const ends = [0, ...strata, null]
  return ends.slice(1).flatMap((sideTo, i) => {
    const sideFrom = ends[i]!
    const own = samples.filter(({ side }) => side >= sideFrom && (sideTo === null || side < sideTo))
    return enough(own, rates) ? [{ sideFrom, sideTo, own }] : []
  })
}

function enough(samples: readonly Sample[], { falsePositiveRate, missRate }: BandRates): boolean {
  const count = (label: Sample['label'], rate: number) => {
    const own = samples.filter((sample) => sample.label === label)
    return own.length >= fewest(rate) && new Set(own.map(({ group }) => group)).size >= GROUPS
  }
  return count('real', falsePositiveRate) && count('fake', missRate)
}
