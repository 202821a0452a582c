import { onlineManager } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'

/** Seconds until the next try: doubled each time, up to the second number. */
const [FIRST_SECONDS, LONGEST_SECONDS] = [2, 15]

/** What is known of the way to the service. `nextTry` is in milliseconds since 1970, null while it is there. */
interface Connection {
  readonly nextTry: number | null
  /** How often it was found again. */
  readonly found: number
}

let state: Connection = { nextTry: null, found: 0 }
let tries = 0
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

// Whether the service answers is known from its answers; a laptop without a network reaches one of its own.
onlineManager.setEventListener(() => undefined)

function change(next: Connection): void {
  state = next
  // Queries and what is sent wait while the service is away, and go on by themselves.
  onlineManager.setOnline(next.nextTry === null)
  for (const listener of listeners) listener()
}

function wait(): void {
  const seconds = Math.min(LONGEST_SECONDS, FIRST_SECONDS * 2 ** tries++)
  change({ ...state, nextTry: Date.now() + seconds * 1000 })
  clearTimeout(timer)
  timer = setTimeout(() => void tryNow(), seconds * 1000)
}

/** Called when a request got no answer: from now on the service is asked now and then whether it is back. */
export function reportLost(): void {
  if (state.nextTry === null) wait()
}

/** Asks whether the service is there, and says so to all who wait. */
export async function tryNow(): Promise<void> {
  const answer = await fetch('/livez', { cache: 'no-store' }).catch(() => null)
  if (!answer || answer.status >= 500) return wait()
  clearTimeout(timer)
  tries = 0
  if (state.nextTry !== null) change({ nextTry: null, found: state.found + 1 })
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useConnection = (): Connection => useSyncExternalStore(subscribe, () => state)

/** Resolves when the service is there. */
export async function untilConnected(): Promise<void> {
  await tryNow()
  while (state.nextTry !== null) {
    await new Promise<void>((resolve) => {
      const stop = subscribe(() => {
        stop()
        resolve()
      })
    })
  }
}
