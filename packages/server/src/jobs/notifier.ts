import { EventEmitter } from 'node:events'

/** Tells waiting parts that something has changed; it says what to look at again, never what is there. */
export interface Notifier {
  notify(topic: string): void
  /** Starts listening at once, so that a ring between a look and `next` is not missed. */
  subscribe(topic: string): Subscription
  close(): void
}

interface Subscription {
  /** Resolves at a ring since the last call, or after `milliseconds`, or when `signal` fires. Never rejects. */
  next(milliseconds: number, signal?: AbortSignal): Promise<void>
  close(): void
}

/** Topic that is rung when a job has become due. */
export const JOB_DUE = 'work'

/** A notifier within this process. Other processes are noticed by looking again after the pause. */
export function createLocalNotifier(): Notifier {
  const emitter = new EventEmitter().setMaxListeners(0)
  // By hand: an aborted `once` and an aborted pause would each cost an error, at every wait of every request.
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
      let rung = false
      const note = () => {
        rung = true
      }
      emitter.on(topic, note)
      return {
        async next(milliseconds, signal) {
          if (!rung && !signal?.aborted) await either(topic, milliseconds, signal)
          rung = false
        },
        close: () => void emitter.off(topic, note),
      }
    },
    close: () => void emitter.removeAllListeners(),
  }
}
