import { EventEmitter } from 'node:events'

/**
 * Tells waiting code that something has changed. A notification carries a topic and no content: the receiver queries
 * the database.
 */
export interface Notifier {
  notify(topic: string): void
  /** Subscribes at once, so that a notification between a query and `next` is not missed. */
  subscribe(topic: string): Subscription
  close(): void
}

interface Subscription {
  /**
   * Resolves at the first notification since the last call, after `milliseconds`, or when `signal` fires. Never
   * rejects.
   */
  next(milliseconds: number, signal?: AbortSignal): Promise<void>
  close(): void
}

/** Topic of a job that has become due; each analysis id is a topic, too. */
export const JOB_DUE = 'work'

/** A notifier within this process. Changes by other processes are found by polling. */
export function createLocalNotifier(): Notifier {
  const emitter = new EventEmitter().setMaxListeners(0)
  // Written by hand because an aborted `once` and an aborted timer would each create an error at every wait.
  const either = (topic: string, milliseconds: number, signal?: AbortSignal) =>
    new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        emitter.off(topic, end)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      emitter.on(topic, end)
      signal?.addEventListener('abort', end)
    })
  return {
    notify: (topic) => void emitter.emit(topic),
    subscribe(topic) {
      let notified = false
      const note = () => {
        notified = true
      }
      emitter.on(topic, note)
      return {
        async next(milliseconds, signal) {
          if (!notified && !signal?.aborted) await either(topic, milliseconds, signal)
          notified = false
        },
        close: () => void emitter.off(topic, note),
      }
    },
    close: () => void emitter.removeAllListeners(),
  }
}
