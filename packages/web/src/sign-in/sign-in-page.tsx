import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useId, useState } from 'react'
import { sessionQuery, useSignIn, useSignOut } from '../api/service-queries.ts'
import { text } from '../text/text.ts'
import { Button, buttonLook } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Failure } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'

const t = text.signIn

export function SignInPage() {
  const id = useId()
  const session = useQuery(sessionQuery).data
  const [token, setToken] = useState('')
  const signIn = useSignIn()
  const signOut = useSignOut()
  const navigate = useNavigate()
  const failed = new URLSearchParams(location.search).has('failed')
  const signedIn = session?.kind === 'key' || session?.kind === 'user'
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <p className="min-h-6 text-muted">
        {signedIn
          ? t.you(session.name ?? text.unknown)
          : session?.kind === 'anonymous'
            ? t.anonymous
            : t.lead}
      </p>
      <Card>
        {!signedIn && session?.oidc?.signIn && (
          <p className="mb-6 grid justify-items-start gap-3">
            <a className={buttonLook('primary')} href="/api/v1/session/start">
              {t.issuer(new URL(session.oidc.issuer).host)}
            </a>
            {failed && <span role="alert">{t.failed}</span>}
          </p>
        )}
        {signedIn ? (
          <Button onClick={() => signOut.mutate()}>{text.nav.signOut}</Button>
        ) : (
          <form
            className="grid max-w-lg gap-3"
            onSubmit={(event) => {
              event.preventDefault()
              signIn.mutate(token.trim(), { onSuccess: () => navigate({ to: '/' }) })
            }}
          >
            <label htmlFor={id} className="grid gap-1">
              {t.key}
              <input
                id={id}
                type="password"
                autoComplete="current-password"
                required
                minLength={8}
                value={token}
                onChange={(event) => setToken(event.target.value)}
              />
            </label>
            <Button type="submit" look="primary" disabled={signIn.isPending} className="justify-self-start">
              {t.go}
            </Button>
          </form>
        )}
        {(signIn.error ?? signOut.error) && <Failure error={signIn.error ?? signOut.error} />}
      </Card>
    </>
  )
}
