import { useState } from 'react'
import { text } from '../text/text.ts'

const t = text.analyse
const SAMPLES = [
  { file: 'astronaut.jpg', label: t.sampleReal },
  { file: 'astronaut-swap.jpg', label: t.sampleFake },
] as const

/** Two pictures whose answer is known, to see what a result looks like. */
export function SamplePictures(props: {
  onFiles: (files: readonly File[]) => void
  onError: (error: unknown) => void
}) {
  const [busy, setBusy] = useState(false)
  const send = async (file: string) => {
    setBusy(true)
    try {
      const answer = await fetch(`/samples/${file}`)
      if (!answer.ok) throw new Error(text.errors.network)
      props.onFiles([new File([await answer.blob()], file, { type: 'image/jpeg' })])
    } catch (error) {
      props.onError(error)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section aria-label={t.samples}>
      <h2>{t.samples}</h2>
      <div className="mt-2 flex flex-wrap gap-3">
        {SAMPLES.map(({ file, label }) => (
          <button
            key={file}
            type="button"
            disabled={busy}
            onClick={() => send(file)}
            className="flex grow basis-64 cursor-pointer items-center gap-3 rounded-lg border border-line bg-paper p-2 text-left hover:border-accent sm:grow-0"
          >
            <img
              src={`/samples/${file}`}
              alt=""
              width="72"
              height="72"
              loading="lazy"
              className="size-18 rounded"
            />
            {label}
          </button>
        ))}
      </div>
    </section>
  )
}
