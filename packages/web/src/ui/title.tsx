import { type ReactNode, useEffect } from 'react'
import { text } from '../text.ts'

/** The page's heading, which also names the browser's tab. */
export function Title({ children, aside }: { children: string; aside?: ReactNode }) {
  useEffect(() => {
    document.title = `${children} · ${text.name}`
  }, [children])
  return (
    <div className="flex flex-wrap items-center justify-between gap-2">
      <h1 className="break-words">{children}</h1>
      {aside}
    </div>
  )
}
