import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { type ReactNode, useEffect, useState } from 'react'
import { limitsQuery } from '../api/service-queries.ts'
import { text } from '../text/text.ts'
import { changeUploads, enqueueFiles } from '../upload/upload-queue.ts'
import { readAddress } from './read-address.ts'

const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false

/** Takes files that are dropped or pasted on any page, says so while they hover, and opens the page that sends them. */
export function DroppedFiles({ children }: { children: ReactNode }) {
  const client = useQueryClient()
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
      enqueueFiles([...given], client.getQueryData(limitsQuery.queryKey))
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
    const paste = (event: ClipboardEvent) => {
      take(event.clipboardData?.files)
      const typing = event.target instanceof Element && event.target.closest('input, textarea')
      const address = readAddress(event.clipboardData?.getData('text/plain') ?? '')
      if (!address || typing) return
      changeUploads({ address, addressPasted: true })
      void navigate({ to: '/' })
    }
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
  }, [navigate, client])
  return (
    <>
      {children}
      {over && (
        <div
          role="status"
          className="pointer-events-none fixed inset-2 z-50 grid place-content-center rounded-2xl border-4 border-dashed border-accent bg-paper/90 text-2xl font-semibold"
        >
          {text.analyse.dropNow}
        </div>
      )}
    </>
  )
}
