import { useRef, useState } from 'react'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { CameraDialog } from './camera-dialog.tsx'

const t = text.analyse
const ACCEPT = 'image/*,video/*,.heic,.heif,.mkv,.avi,.ts,.flv,.wmv,.mxf'

/** Where one chooses files or takes a photograph. Dropped and pasted files come through `dropped-files.tsx`. */
export function DropZone({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  const [camera, setCamera] = useState(false)
  return (
    <section
      aria-label={t.drop}
      className="grid min-h-72 place-content-center gap-3 rounded-xl border-2 border-dashed border-muted bg-paper p-6 text-center"
    >
      <svg
        viewBox="0 0 48 48"
        aria-hidden="true"
        className="mx-auto size-12 text-accent"
        fill="none"
        stroke="currentColor"
        strokeWidth="2.5"
        strokeLinecap="round"
      >
        <path d="M6 16v-6a4 4 0 0 1 4-4h6M32 6h6a4 4 0 0 1 4 4v6M42 32v6a4 4 0 0 1-4 4h-6M16 42h-6a4 4 0 0 1-4-4v-6M18 20v2M30 20v2M18 30q6 5 12 0" />
      </svg>
      <p className="text-lg font-medium">{t.drop}</p>
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
        <CameraDialog
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
