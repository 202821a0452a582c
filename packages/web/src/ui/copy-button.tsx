import { useEffect, useState } from 'react'
import { text } from '../text/text.ts'
import { Button } from './button.tsx'

const SHOWN_MILLISECONDS = 2500

/** Copies a text, and says for a moment whether that worked: without HTTPS browsers refuse. */
export function CopyButton(props: { label: string; copy: () => string; look?: 'primary' | 'plain' }) {
  const [said, setSaid] = useState<string | null>(null)
  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => setSaid(null), SHOWN_MILLISECONDS)
    return () => clearTimeout(timer)
  }, [said])
  return (
    <Button
      look={props.look ?? 'plain'}
      onClick={async () => {
        try {
          await navigator.clipboard.writeText(props.copy())
          setSaid(text.copied)
        } catch {
          setSaid(text.notCopied)
        }
      }}
    >
      <span aria-live="polite">{said ?? props.label}</span>
    </Button>
  )
}
