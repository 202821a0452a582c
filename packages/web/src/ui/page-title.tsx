import { type ReactNode, useEffect } from 'react'
import { text } from '../text/text.ts'

/** The page's heading. It also names the browser's tab, unless `tab` gives another name. */
export function PageTitle({
  children,
  tab = children,
  aside,
}: {
  children: string
  tab?: string
  aside?: ReactNode
}) {
  useEffect(() => {
    document.title = `${tab} · ${text.name}`
  }, [tab])
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <h1 className="min-w-0 wrap-anywhere">{children}</h1>
      {aside}
    </div>
  )
}
