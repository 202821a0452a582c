import { untilConnected } from './connection.ts'

/** Pages are fetched ahead after this time, when the first one has long been usable. */
const AHEAD_MILLISECONDS = 4000

const loaders: (() => Promise<unknown>)[] = []

/** A page's script. When the service is away it waits until it is back, rather than fail. */
export function pageLoader<T>(load: () => Promise<T>): () => Promise<T> {
  const patient = async () => {
    try {
      return await load()
    } catch {
      await untilConnected()
      return load()
    }
  }
  loaders.push(load)
  return patient
}

/** Fetches the scripts of all pages, one after the other, so that they open even while the service is away. */
export function loadPagesAhead(): void {
  setTimeout(async () => {
    for (const load of loaders) await load().catch(() => undefined)
  }, AHEAD_MILLISECONDS)
}
