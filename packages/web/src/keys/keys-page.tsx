import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Key } from '@unswap/contract'
import { useState } from 'react'
import { ServiceError } from '../api/request.ts'
import { auditQuery, keysQuery, useRevokeKey } from '../api/service-queries.ts'
import { when } from '../format.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { Failure, Loading, Notice } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { ScrollingTable } from '../ui/scrolling-table.tsx'
import { CreateKey } from './create-key.tsx'

const t = text.keys

/** Keys and the audit log, for administrators. */
export function KeysPage() {
  const keys = useQuery(keysQuery)
  const [revoking, setRevoking] = useState<Key | null>(null)
  const revoke = useRevokeKey()
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      {isDenied(keys.error) ? (
        <Denied />
      ) : keys.error ? (
        <Failure error={keys.error} retry={() => keys.refetch()} />
      ) : (
        <CreateKey />
      )}
      {keys.isPending && <Loading />}
      {revoke.error && <Failure error={revoke.error} />}
      {keys.data && (
        <Card title={t.title}>
          <ScrollingTable label={t.title} columns={[t.name, t.scopes, t.created, t.lastUsed, t.state, '']}>
            {keys.data.items.map((key) => (
              <tr key={key.id} className="border-t border-line">
                <td className="p-2">
                  {key.name}
                  <code className="block text-xs text-muted">{key.start}…</code>
                </td>
                <td className="p-2">{key.scopes.map((scope) => t.scopeNames[scope]).join(', ')}</td>
                <td className="p-2 whitespace-nowrap">{when(key.createdAt)}</td>
                <td className="p-2 whitespace-nowrap">{key.lastUsedAt ? when(key.lastUsedAt) : t.never}</td>
                <td className="p-2">{stateOf(key)}</td>
                <td className="p-2 text-right">
                  {!key.revokedAt && (
                    <Button look="danger" onClick={() => setRevoking(key)}>
                      {t.revoke}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </ScrollingTable>
        </Card>
      )}
      {keys.data && <Audit />}
      <ConfirmDialog
        open={revoking !== null}
        title={t.revokeTitle(revoking?.name ?? '')}
        detail={t.revokeText}
        action={t.revoke}
        onClose={() => setRevoking(null)}
        onConfirm={() => {
          if (revoking) revoke.mutate(revoking.id)
          setRevoking(null)
        }}
      />
    </>
  )
}

const isDenied = (error: unknown): boolean =>
  error instanceof ServiceError && (error.status === 401 || error.status === 403)

/** Shown instead of the service's own message, which is written for developers of clients. */
function Denied() {
  return (
    <Notice alert>
      <p>{t.forbidden}</p>
      <Link to="/sign-in">{text.nav.signIn}</Link>
    </Notice>
  )
}

function stateOf(key: Key): string {
  if (key.revokedAt) return t.revoked
  return key.expiresAt && Date.parse(key.expiresAt) < Date.now() ? t.expired : t.active
}

function Audit() {
  const audit = useQuery(auditQuery)
  return (
    <Card title={t.audit}>
      {audit.error && <Failure error={audit.error} />}
      {audit.data && (
        <ScrollingTable label={t.audit} columns={[t.when, t.who, t.what, t.which]}>
          {audit.data.items.map((entry) => (
            <tr key={entry.id} className="border-t border-line text-sm">
              <td className="p-2 whitespace-nowrap">{when(entry.at)}</td>
              <td className="p-2">{entry.actor}</td>
              <td className="p-2">{entry.action}</td>
              <td className="p-2 break-all">{entry.subject ?? '–'}</td>
            </tr>
          ))}
        </ScrollingTable>
      )}
    </Card>
  )
}
