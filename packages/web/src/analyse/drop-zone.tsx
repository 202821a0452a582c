import { useEffect, useRef, useState } from 'react'
import { text } from '../text.ts'
import { Button } from '../ui/button.tsx'
import { Camera } from './camera.tsx'

const t = text.analyse
const ACCEPT = 'image/*,video/*,.heic,.heif,.mkv,.avi'

/** Files by dropping, choosing, pasting or photographing. */
export function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [camera, setCamera] = useState(false)
  useEffect(() => {
    const paste = (event: ClipboardEvent) => {
      const files = [...(event.clipboardData?.files ?? [])]
      if (files.length) onFiles(files)
    }
    document.addEventListener('paste', paste)
    return () => document.removeEventListener('paste', paste)
  }, [onFiles])
  return (
    <section
      aria-label={t.drop}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        onFiles([...event.dataTransfer.files])
      }}
      className={`grid min-h-72 place-content-center gap-3 rounded-xl border-2 border-dashed p-6 text-center ${over ? 'border-accent bg-paper' : 'border-muted'}`}
    >
      <p className="text-lg">{t.drop}</p>
      <p className="text-muted">{t.or}</p>
      <div className="flex flex-wrap justify-center gap-2">
        <Button look="primary" onClick={() => input.current?.click()}>
          {t.choose}
        </Button>
        <Button onClick={() => setCamera(true)}>{t.camera}</Button>
      </div>
      <p className="text-sm text-muted">{t.paste}</p>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label={t.choose}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
      {camera && (
        <Camera
          onPhoto={(file) => {
            setCamera(false)
            onFiles([file])
          }}
          onClose={() => setCamera(false)}
        />
      )}
    </section>
  )
}
