import { PROBABILITY_BINS, UnswapError } from '@unswap/contract'

const BUCKET = /^unswap_probability_bucket\{(.*)\}\s+(\S+)/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"/g

/** Media per bin of `PROBABILITY_BINS`, of each kind. */
export interface LiveCounts {
  readonly image: readonly number[]
  readonly video: readonly number[]
}

/**
 * The histogram `unswap_probability` in a service's metrics (Prometheus' text format), summed over instances.
 * @throws UnswapError `bad_option` when there is none, or it has other bins
 */
export function readCounts(text: string): LiveCounts {
  const upTo = { image: new Map<number, number>(), video: new Map<number, number>() }
  for (const line of text.split('\n')) {
    const [, labels, value] = BUCKET.exec(line) ?? []
    if (labels === undefined || value === undefined) continue
    const { kind, le } = Object.fromEntries([...labels.matchAll(LABEL)].map(([, name, own]) => [name, own]))
    if ((kind !== 'image' && kind !== 'video') || le === undefined || le === '+Inf') continue
    upTo[kind].set(Number(le), (upTo[kind].get(Number(le)) ?? 0) + Number(value))
  }
  if (upTo.image.size + upTo.video.size === 0) {
    throw new UnswapError(
      'bad_option',
      'These metrics have no histogram unswap_probability: name the /metrics of a service that has analysed something.',
    )
  }
  return { image: perBin(upTo.image), video: perBin(upTo.video) }
}

function perBin(upTo: ReadonlyMap<number, number>): number[] {
  if (upTo.size === 0) return PROBABILITY_BINS.map(() => 0)
  const totals = PROBABILITY_BINS.map((end) => upTo.get(end) ?? Number.NaN)
  if (upTo.size !== PROBABILITY_BINS.length || totals.some(Number.isNaN)) {
    throw new UnswapError('bad_option', 'These metrics have other bins: the service is of another version.')
  }
  return totals.map((total, i) => total - (totals[i - 1] ?? 0))
}

/**
 * What was counted since earlier metrics of the same service.
 * @throws UnswapError `bad_option` when the service has started again since, which sets counts to 0
 */
export function countsSince(now: LiveCounts, before: LiveCounts): LiveCounts {
  const less = (kind: keyof LiveCounts) => now[kind].map((count, i) => count - before[kind][i]!)
  const since = { image: less('image'), video: less('video') }
  if ([...since.image, ...since.video].every((count) => count >= 0)) return since
  throw new UnswapError(
    'bad_option',
    'The earlier metrics count more than the later: the service has started again since. Leave --since out.',
  )
}
