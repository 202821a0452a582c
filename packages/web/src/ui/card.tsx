import { type ReactNode, useId } from 'react'

/** A titled part of a page. */
export function Card({ title, aside, children }: { title?: string; aside?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <section
      aria-labelledby={title ? id : undefined}
      className="rounded-xl border border-line bg-paper p-4 sm:p-5"
    >
      {title && (
        <div className="mb-3 flex flex-wrap items-baseline justify-between gap-2">
          <h2 id={id}>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  )
}
