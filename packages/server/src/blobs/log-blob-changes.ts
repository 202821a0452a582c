import type { Logger } from 'pino'
import type { Blobs } from './blobs.ts'

/** Wraps a store so that each change is logged at level `trace`, as database statements are. */
export function logBlobChanges(blobs: Blobs, log: Logger): Blobs {
  if (!log.isLevelEnabled('trace')) return blobs
  const logged = async <T>(change: string, blob: string, done: Promise<T>): Promise<T> => {
    const result = await done
    log.trace({ change, blob })
    return result
  }
  return {
    ...blobs,
    put: (name, content, options) => logged('put', name, blobs.put(name, content, options)),
    take: (name, path, bytes) => logged('put', name, blobs.take(name, path, bytes)),
    delete: (name) => logged('delete', name, blobs.delete(name)),
    deleteAll: (prefix) => logged('delete all', prefix, blobs.deleteAll(prefix)),
  }
}
