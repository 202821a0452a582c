import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { AnalysisResource, Batch, ServiceLimits } from '@unswap/contract'
import { useEffect, useEffectEvent, useState } from 'react'
import { refusedQuery } from '../api/analysis-queries.ts'
import { limitsQuery } from '../api/service-queries.ts'
import { type UploadOptions, upload } from '../api/upload.ts'
import { bytes, duration, percent } from '../format.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { ProgressBar } from '../ui/meter.tsx'
import { Failure, Notice } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { AddressForm } from './address-form.tsx'
import { DropZone } from './drop-zone.tsx'
import { useDroppedFiles } from './dropped-files.tsx'
import { SamplePictures } from './sample-pictures.tsx'
import { UploadOptionsForm } from './upload-options-form.tsx'

const t = text.analyse

/** What is wrong with the chosen files, or null. It is said before anything is sent. */
function objectionTo(files: readonly File[], limits: ServiceLimits | undefined): string | null {
  for (const file of files) {
    if (limits && file.size > limits.media.bytes) return t.tooLarge(file.name, bytes(limits.media.bytes))
    if (file.type && !/^(image|video)\//.test(file.type)) return t.wrongKind(file.name)
  }
  return limits && files.length > limits.filesPerBatch ? t.tooMany(limits.filesPerBatch) : null
}

interface Sending {
  readonly name: string
  readonly share: number
  readonly stop: AbortController
}

export function AnalysePage() {
  const limits = useQuery(limitsQuery)
  const navigate = useNavigate()
  const client = useQueryClient()
  const [options, setOptions] = useState<UploadOptions>({ frames: '', retention: '', tags: '', fresh: false })
  const [sending, setSending] = useState<Sending | null>(null)
  const [error, setError] = useState<unknown>(null)

  async function send(files: readonly File[]) {
    if (!files.length || sending) return
    const wrong = objectionTo(files, limits.data)
    if (wrong) return setError(new Error(wrong))
    const stop = new AbortController()
    setError(null)
    const name = t.sending(files.length, files[0]!.name)
    setSending({ name, share: 0, stop })
    try {
      const watch = { onShare: (share: number) => setSending({ name, share, stop }), signal: stop.signal }
      const made = await upload<AnalysisResource | Batch>(files, options, watch)
      if ('refused' in made) {
        client.setQueryData(refusedQuery(made.id).queryKey, made.refused)
        await navigate({ to: '/batches/$id', params: { id: made.id } })
      } else await navigate({ to: '/analyses/$id', params: { id: made.id } })
    } catch (failure) {
      if (!stop.signal.aborted) setError(failure)
    } finally {
      setSending(null)
    }
  }

  const dropped = useDroppedFiles()
  const receive = useEffectEvent(() => {
    if (!dropped.files.length) return
    dropped.taken()
    void send(dropped.files)
  })
  useEffect(() => receive(), [dropped.files])

  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <p className="text-muted">{t.lead}</p>
      {error !== null && <Failure error={error} />}
      {sending ? (
        <Card title={`${t.uploading} ${sending.name}`}>
          <ProgressBar label={t.uploading} share={sending.share} />
          <p className="my-2 tabular-nums">{percent(sending.share)}</p>
          <Button onClick={() => sending.stop.abort()}>{text.cancel}</Button>
        </Card>
      ) : (
        <DropZone onFiles={send} />
      )}
      <p className="min-h-6 text-sm text-muted">
        {limits.data && t.limits(bytes(limits.data.media.bytes), duration(limits.data.media.durationSeconds))}
      </p>
      {limits.error && <Notice alert>{limits.error.message}</Notice>}
      {limits.data?.urlFetch && <AddressForm options={options} onError={setError} />}
      <UploadOptionsForm value={options} onChange={setOptions} limits={limits.data} />
      {!sending && <SamplePictures onFiles={send} onError={setError} />}
    </>
  )
}
