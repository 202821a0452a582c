import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ServiceError } from '../api/request.ts'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'

/** Something the reader must know; `alert` interrupts screen readers. */
export function Notice({ children, alert = false }: { children: ReactNode; alert?: boolean }) {
  return (
    <div
      role={alert ? 'alert' : 'status'}
      className={`rounded-lg border-l-4 bg-paper p-3 ${alert ? 'border-manipulated' : 'border-accent'}`}
    >
      {children}
    </div>
  )
}

/** What went wrong and what to do, with the error code and the id of the request. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const problem = error instanceof ServiceError ? error.problem : null
  return (
    <Notice alert>
      <p>{error instanceof Error ? error.message : String(error)}</p>
      {problem && (
        <p className="text-sm text-muted">
          {problem.code}
          {problem.requestId ? ` · ${problem.requestId}` : ''}
        </p>
      )}
      {problem?.code === 'unauthorized' && (
        <p className="mt-2">
          <Link to="/sign-in">{text.nav.signIn}</Link>
        </p>
      )}
      {/* Trying again helps after an outage or a fault of the service, not after a refusal. */}
      {retry && (!problem || problem.retryable || problem.status >= 500) && (
        <Button className="mt-2" onClick={retry}>
          {text.retry}
        </Button>
      )}
    </Notice>
  )
}

/** Takes up room while something loads, so that the page does not jump. */
export function Loading({ height = '12rem' }: { height?: string }) {
  return (
    <div role="status" className="grid place-items-center text-muted" style={{ minHeight: height }}>
      {text.loading}
    </div>
  )
}
