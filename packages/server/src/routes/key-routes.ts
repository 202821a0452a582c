import { AuditList, AuditQuery, Key, KeyCreated, KeyList, KeyRequest } from '@unswap/contract'
import { createApiKey, listApiKeys, revokeApiKey } from '../access/api-keys.ts'
import { requireScope } from '../access/caller.ts'
import { recordAudit } from '../access/record-audit.ts'
import { listAudit } from '../storage/access/audit-store.ts'
import { Id, PROBLEMS, type Routes } from './route-schema.ts'

/** API keys and the audit log, for admins. */
export const keyRoutes: Routes = async (app, { service }) => {
  const { db } = service

  app.post(
    '/keys',
    {
      schema: {
        tags: ['access'],
        operationId: 'createKey',
        summary: 'Make an API key; its secret is told this once',
        body: KeyRequest,
        response: { 201: KeyCreated, ...PROBLEMS },
      },
    },
    async (request, reply) => {
      requireScope(request.caller, 'admin')
      const created = await createApiKey(db, request.body)
      await recordAudit(service, request, 'key.create', created.key.id)
      return reply.code(201).send(created)
    },
  )

  app.get(
    '/keys',
    {
      schema: {
        tags: ['access'],
        operationId: 'listKeys',
        summary: 'All keys, without their secrets',
        response: { 200: KeyList, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'admin')
      return { items: await listApiKeys(db) }
    },
  )

  app.delete(
    '/keys/:id',
    {
      schema: {
        tags: ['access'],
        operationId: 'revokeKey',
        summary: 'Revoke a key for good',
        params: Id,
        response: { 200: Key, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'admin')
      const ended = await revokeApiKey(db, request.params.id)
      await recordAudit(service, request, 'key.revoke', ended.id)
      return ended
    },
  )

  app.get(
    '/audit',
    {
      schema: {
        tags: ['access'],
        operationId: 'listAudit',
        summary: 'Who changed what, newest first',
        querystring: AuditQuery,
        response: { 200: AuditList, ...PROBLEMS },
      },
    },
    async (request) => {
      requireScope(request.caller, 'admin')
      const { limit = 100, ...filter } = request.query
      const { items, next } = await listAudit(db, { ...filter, limit })
      return { items: items.map(({ at, ...entry }) => ({ ...entry, at: new Date(at).toISOString() })), next }
    },
  )
}
