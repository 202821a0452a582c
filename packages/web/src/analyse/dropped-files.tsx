import { useNavigate } from '@tanstack/react-router'
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from 'react'
import { text } from '../text/text.ts'

interface Waiting {
  /** Files that were dropped or pasted and wait to be sent; empty when there are none. */
  readonly files: readonly File[]
  /** Called when they are being sent: none wait any more. */
  taken(): void
}

const NONE: readonly File[] = []
const Context = createContext<Waiting>({ files: NONE, taken: () => {} })

/** The files that were dropped or pasted on any page. */
export const useDroppedFiles = (): Waiting => use(Context)

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Takes files that are dropped or pasted on any page, says so while they hover, and opens the page that sends them. */
export function DroppedFiles({ children }: { children: ReactNode }) {
  const [files, setFiles] = useState(NONE)
  const [over, setOver] = useState(false)
  const navigate = useNavigate()
  useEffect(() => {
    // Entering a child of the page comes before leaving its parent, so the two are counted.
    let depth = 0
    const show = (by: 1 | -1) => (event: DragEvent) => {
      if (!carriesFiles(event)) return
      depth = Math.max(0, depth + by)
      setOver(depth > 0)
    }
    const take = (given: FileList | undefined) => {
      if (!given?.length) return
      setFiles([...given])
      void navigate({ to: '/' })
    }
    const listeners = {
      dragenter: show(1),
      dragleave: show(-1),
      // Without this the browser would leave the page and open the file.
      dragover: (event: DragEvent) => carriesFiles(event) && event.preventDefault(),
      drop: (event: DragEvent) => {
        depth = 0
        setOver(false)
        if (!carriesFiles(event)) return
        event.preventDefault()
        take(event.dataTransfer?.files)
      },
    }
    const paste = (event: ClipboardEvent) => take(event.clipboardData?.files)
    for (const [name, listener] of Object.entries(listeners)) {
      document.addEventListener(name as 'drop', listener)
    }
    document.addEventListener('paste', paste)
    return () => {
      for (const [name, listener] of Object.entries(listeners)) {
        document.removeEventListener(name as 'drop', listener)
      }
      document.removeEventListener('paste', paste)
    }
  }, [navigate])
  const incoming = useMemo(() => ({ files, taken: () => setFiles(NONE) }), [files])
  return (
    <Context value={incoming}>
      {children}
      {over && (
        <div
          role="status"
          className="pointer-events-none fixed inset-2 z-50 grid place-content-center rounded-2xl border-4 border-dashed border-accent bg-paper/90 text-2xl font-semibold"
        >
          {text.analyse.dropNow}
        </div>
      )}
    </Context>
  )
}
