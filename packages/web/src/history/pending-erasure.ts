import { useSyncExternalStore } from 'react'

/** For this long an erasure can be taken back. */
const UNDO_MILLISECONDS = 60_000

/** Analyses that are erased at `at` (milliseconds since 1970) unless somebody takes it back. */
export interface PendingErasure {
  readonly ids: readonly string[]
  readonly at: number
}

// Outside the pages, so that it outlives a change of page.
let pending: PendingErasure | null = null
const listeners = new Set<() => void>()

export function setPendingErasure(next: PendingErasure | null): void {
  pending = next
  for (const listener of listeners) listener()
}

/** Adds analyses to those that will be erased; the time to take it back starts anew. */
export function eraseSoon(ids: readonly string[]): void {
  const all = new Set([...(pending?.ids ?? []), ...ids])
  setPendingErasure({ ids: [...all], at: Date.now() + UNDO_MILLISECONDS })
}

export function usePendingErasure(): PendingErasure | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => pending,
  )
}
