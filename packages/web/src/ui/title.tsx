import { type ReactNode, useEffect } from 'react'
import { text } from '../text.ts'

/** The page's heading, which also names the browser's tab, unless `tab` says it better. */
export function Title({
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
      <h1 className="break-words">{children}</h1>
      {aside}
    </div>
  )
}
