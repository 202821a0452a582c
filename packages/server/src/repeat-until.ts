import { setTimeout as pause } from 'node:timers/promises'

export interface RepeatOptions {
  /** Milliseconds between the end of one run and the start of the next. */
  readonly everyMs: number
  /** Milliseconds after a run that failed; `everyMs` by default. */
  readonly afterErrorMs?: number
  readonly onError: (error: unknown) => void
}

/** Runs `work` repeatedly until `signal` fires. A run that fails does not end the loop. Never rejects. */
export async function repeatUntil(
  signal: AbortSignal,
  work: () => Promise<unknown>,
  { everyMs, afterErrorMs = everyMs, onError }: RepeatOptions,
): Promise<void> {
  while (!signal.aborted) {
    let wait = everyMs
    try {
      await work()
    } catch (error) {
      onError(error)
      wait = afterErrorMs
    }
    await pause(wait, undefined, { signal }).catch(() => undefined)
  }
}
