import { useState } from 'react'
import { text } from '../text/text.ts'

const STORE = 'unswap-theme'
const THEMES = ['system', 'light', 'dark'] as const
type Theme = (typeof THEMES)[number]

function read(): Theme {
  const kept = localStorage.getItem(STORE)
  return THEMES.find((theme) => theme === kept) ?? 'system'
}

function apply(theme: Theme): void {
  if (theme === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** Call once before the first paint. */
export const restoreTheme = (): void => apply(read())

export function ThemeChoice() {
  const [theme, setTheme] = useState(read)
  return (
    <select
      aria-label={text.theme.label}
      value={theme}
      onChange={(event) => {
        const chosen = event.target.value as Theme
        localStorage.setItem(STORE, chosen)
        apply(chosen)
        setTheme(chosen)
      }}
      className="min-h-10 text-sm"
    >
      {THEMES.map((each) => (
        <option key={each} value={each}>
          {text.theme[each]}
        </option>
      ))}
    </select>
  )
}
