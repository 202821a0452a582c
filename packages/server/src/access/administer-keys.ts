import { type Key, type KeyCreated, KeyRequest } from '@unswap/contract'
import { openConfiguredDatabase } from '../boot/open-configured-database.ts'
import { loadConfig } from '../environment.ts'
import { checkSchema } from '../intake/check-schema.ts'
import { appendAudit } from '../storage/access/audit-store.ts'
import { createApiKey, listApiKeys, revokeApiKey } from './api-keys.ts'

/** What whoever can log in to the service's machine may do with its keys. The first admin key is made this way. */
export interface KeyAdministration {
  /** @throws UnswapError `body_invalid` */
  create(request: KeyRequest): Promise<KeyCreated>
  list(): Promise<Key[]>
  /** @throws UnswapError `not_found` */
  revoke(id: string): Promise<Key>
}

/**
 * Runs `work` on the keys of the service that is configured here, whether it runs or not. Changes are written to its
 * audit log.
 * @throws UnswapError `config_invalid`, `storage_failed`, and what `work` throws
 */
export async function administerKeys<T>(work: (keys: KeyAdministration) => Promise<T>): Promise<T> {
  const db = await openConfiguredDatabase(loadConfig())
  const note = (action: string, subject: string) =>
    appendAudit(db, { actor: 'system', action, subject, requestId: null, address: null })
  try {
    return await work({
      async create(request) {
        const created = await createApiKey(db, checkSchema(KeyRequest, request))
        await note('key.create', created.key.id)
        return created
      },
      list: () => listApiKeys(db),
      async revoke(id) {
        const ended = await revokeApiKey(db, id)
        await note('key.revoke', id)
        return ended
      },
    })
  } finally {
    await db.destroy()
  }
}
