import { ANALYSIS_SORTS } from '@unswap/contract/vocabulary'
import { type ReactNode, useEffect, useEffectEvent, useId, useState } from 'react'
import { text } from '../text/text.ts'
import { type Filters, readFilters } from './history-filters.ts'

const t = text.history

/** The list follows what is typed after this pause. */
const PAUSE_MILLISECONDS = 250

export function FilterBar({ value, onChange }: { value: Filters; onChange: (filters: Filters) => void }) {
  const set = (name: keyof Filters, chosen: string) => onChange(readFilters({ ...value, [name]: chosen }))
  const choice = (name: keyof Filters, options: Readonly<Record<string, string>>) => (id: string) => (
    <select id={id} value={value[name] ?? ''} onChange={(event) => set(name, event.target.value)}>
      <option value="">{t.any}</option>
      {Object.entries(options).map(([key, label]) => (
        <option key={key} value={key}>
          {label}
        </option>
      ))}
    </select>
  )
  const typed = (name: 'text' | 'tag') => (id: string) => (
    <TypedFilter id={id} value={value[name] ?? ''} onChange={(typed) => set(name, typed)} />
  )
  const day = (name: 'from' | 'to') => (id: string) => (
    <input
      id={id}
      type="date"
      value={value[name] ?? ''}
      onChange={(event) => set(name, event.target.value)}
    />
  )
  return (
    <form
      className="no-print grid grid-cols-2 gap-3 sm:grid-cols-3"
      onSubmit={(event) => event.preventDefault()}
    >
      <Labelled label={t.search}>{typed('text')}</Labelled>
      <Labelled label={t.verdict}>{choice('verdict', text.bands)}</Labelled>
      <Labelled label={t.decided}>{choice('decided', t.decidedChoices)}</Labelled>
      <Labelled label={t.family}>{choice('family', text.families)}</Labelled>
      <Labelled label={t.kind}>{choice('kind', { image: t.image, video: t.video })}</Labelled>
      <Labelled label={t.tag}>{typed('tag')}</Labelled>
      <Labelled label={t.from}>{day('from')}</Labelled>
      <Labelled label={t.to}>{day('to')}</Labelled>
      <Labelled label={t.sort}>
        {(id) => (
          <select
            id={id}
            value={value.sort ?? ANALYSIS_SORTS[0]}
            onChange={(event) => set('sort', event.target.value)}
          >
            {ANALYSIS_SORTS.map((sort) => (
              <option key={sort} value={sort}>
                {t.sorts[sort]}
              </option>
            ))}
          </select>
        )}
      </Labelled>
    </form>
  )
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId()
  return (
    <div className="grid content-start gap-1 text-sm">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  )
}

/** What is typed shows at once, and is told when the typing pauses. */
function TypedFilter(props: { id: string; value: string; onChange: (value: string) => void }) {
  const [typed, setTyped] = useState(props.value)
  const [known, setKnown] = useState(props.value)
  if (known !== props.value) {
    setKnown(props.value)
    setTyped(props.value)
  }
  const tell = useEffectEvent(() => {
    if (typed !== props.value) props.onChange(typed)
  })
  useEffect(() => {
    const timer = setTimeout(() => tell(), typed === '' ? 0 : PAUSE_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [typed])
  return (
    <input id={props.id} type="search" value={typed} onChange={(event) => setTyped(event.target.value)} />
  )
}
