/** A queue with Poisson arrivals, any service times, and `servers` of them, first come first served (M/G/c). */
export interface QueueModel {
  /** Arrivals a second. */
  readonly rate: number
  readonly servers: number
  /** Seconds of one service, drawn with a source of numbers in [0, 1). */
  readonly service: (random: () => number) => number
}

export interface Waits {
  /** Share of arrivals that wait at all. */
  readonly share: number
  readonly meanSeconds: number
  readonly p95Seconds: number
}

/** Simulates `arrivals` of them, the first tenth of which fills the queue and is not counted. Same seed, same figures. @internal */
export function simulate({ rate, servers, service }: QueueModel, arrivals: number, seed = 1): Waits {
  const random = generator(seed)
  const free = new Float64Array(servers) // a heap of the times at which servers are free
  const waits = new Float64Array(Math.floor(0.9 * arrivals))
  const warm = arrivals - waits.length
  let now = 0
  for (let i = 0; i < arrivals; i++) {
    now -= Math.log(1 - random()) / rate
    const start = Math.max(now, free[0]!)
    if (i >= warm) waits[i - warm] = start - now
    replaceLeast(free, start + service(random))
  }
  const share = waits.filter((wait) => wait > 0).length / waits.length
  const meanSeconds = waits.reduce((sum, wait) => sum + wait, 0) / waits.length
  return { share, meanSeconds, p95Seconds: waits.toSorted()[Math.floor(0.95 * waits.length)]! }
}

/**
 * Probability that an arrival waits in M/M/c, by Erlang's recursion: what the simulation is tested against.
 * @param load rate × mean service; must be below `servers`
 * @internal
 */
export function erlangC(load: number, servers: number): number {
  let blocked = 1
  for (let k = 1; k <= servers; k++) blocked = (load * blocked) / (k + load * blocked)
  return blocked / (1 - (load / servers) * (1 - blocked))
}

/** Largest share of time at work to plan with: a server may fail, and a minute may bring more than the mean. */
export const BUSIEST = 0.9

/**
 * Fewest servers that are at most `BUSIEST` of the time at work, and with which 95 of 100 wait for at most `seconds`.
 * The bound is needed: many servers that are nearly always busy take hours to fill their queue, which a short simulation
 * does not see.
 */
export function serversFor(
  { rate, service }: Omit<QueueModel, 'servers'>,
  mean: number,
  seconds: number,
): { readonly servers: number; readonly waits: Waits } {
  const arrivals = Math.max(60_000, Math.min(400_000, rate * 60))
  for (
    let servers = Math.ceil((rate * mean) / BUSIEST);
    ;
    servers += Math.max(1, Math.round(servers / 200))
  ) {
    const waits = simulate({ rate, servers, service }, arrivals)
    if (waits.p95Seconds <= seconds) return { servers, waits }
  }
}

function replaceLeast(heap: Float64Array, value: number): void {
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && heap[child + 1]! < heap[child]!) child++
    if (heap[child]! >= value) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = value
}

/** A small generator of even numbers in [0, 1) (mulberry32). */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
