import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useRouterState } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { DroppedFiles } from './analyse/dropped-files.tsx'
import { useErasedElsewhere } from './api/erase-analyses.ts'
import { sessionQuery } from './api/service-queries.ts'
import { ConnectionNotice } from './connection/connection-notice.tsx'
import { ErasureNotice } from './history/erasure-notice.tsx'
import { text } from './text/text.ts'
import { ThemeChoice } from './ui/theme-choice.tsx'
import { UploadPanel } from './upload/upload-panel.tsx'

const LINKS = [
  { to: '/', label: text.nav.analyse },
  { to: '/history', label: text.nav.history },
  { to: '/models', label: text.nav.models },
  { to: '/status', label: text.nav.status },
  { to: '/help', label: text.nav.help },
] as const

/** What every page has: the navigation above, the page below. */
export function PageLayout() {
  const session = useQuery(sessionQuery).data
  useErasedElsewhere()
  const path = useRouterState({ select: (state) => state.location.pathname })
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  // A new page gets the focus, so that screen readers begin to read there.
  useEffect(() => {
    if (first.current) first.current = false
    else main.current?.focus()
  }, [path])
  const link =
    'inline-flex min-h-10 items-center rounded-md px-1 no-underline sm:px-2 decoration-2 underline-offset-8 hover:underline aria-[current=page]:font-semibold aria-[current=page]:text-ink aria-[current=page]:underline'
  return (
    <DroppedFiles>
      <a href="#main" className="sr-only focus:not-sr-only">
        {text.skip}
      </a>
      <ConnectionNotice />
      <header className="no-print border-b border-line bg-paper">
        <nav
          aria-label={text.name}
          className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-1 px-3 py-1"
        >
          <Link
            to="/"
            className="mr-3 inline-flex min-h-10 items-center gap-2 font-bold text-ink no-underline"
          >
            <img src="/icon.svg" alt="" width="24" height="24" />
            {text.name}
          </Link>
          <span className="order-last -ml-1 flex basis-full flex-wrap gap-x-1 sm:order-none sm:ml-0 sm:basis-auto">
            {LINKS.map((each) => (
              <Link key={each.to} to={each.to} className={link} activeOptions={{ exact: each.to === '/' }}>
                {each.label}
              </Link>
            ))}
            {session?.scopes.includes('admin') && (
              <Link to="/keys" className={link}>
                {text.nav.keys}
              </Link>
            )}
          </span>
          <span className="ml-auto flex items-center gap-2">
            <Link to="/sign-in" className={link}>
              {session?.kind === 'key' || session?.kind === 'user'
                ? (session.name ?? text.nav.signOut)
                : text.nav.signIn}
            </Link>
            <ThemeChoice />
          </span>
        </nav>
      </header>
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        className="mx-auto grid max-w-6xl grid-cols-1 gap-4 px-3 py-5 outline-none sm:px-4"
      >
        <Outlet />
      </main>
      <div className="sticky bottom-2 z-40 mx-auto grid w-[min(40rem,calc(100%-1rem))] gap-2">
        <UploadPanel />
        <ErasureNotice />
      </div>
    </DroppedFiles>
  )
}
