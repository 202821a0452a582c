import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { limitsQuery } from '../api/service-queries.ts'
import { bytes, duration } from '../format.ts'
import { text } from '../text/text.ts'
import { Failure, Notice } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { changeUploads, enqueueFiles, useUploads } from '../upload/upload-queue.ts'
import { AddressForm } from './address-form.tsx'
import { DropZone } from './drop-zone.tsx'
import { SamplePictures } from './sample-pictures.tsx'
import { UploadOptionsForm } from './upload-options-form.tsx'

const t = text.analyse

export function AnalysePage() {
  const limits = useQuery(limitsQuery)
  const { options } = useUploads()
  const [error, setError] = useState<unknown>(null)
  const send = (files: readonly File[]) => {
    setError(null)
    enqueueFiles(files, limits.data)
  }
  return (
    <>
      <PageTitle>{t.title}</PageTitle>
      <p className="text-muted">{t.lead}</p>
      {error !== null && <Failure error={error} />}
      <DropZone onFiles={send} />
      <p className="min-h-6 text-sm text-muted">
        {limits.data && t.limits(bytes(limits.data.media.bytes), duration(limits.data.media.durationSeconds))}
      </p>
      {limits.error && <Notice alert>{limits.error.message}</Notice>}
      {/* Its room is kept while nothing is known, so that the page does not jump. */}
      {limits.data?.urlFetch !== false && (
        <div className="min-h-17">{limits.data && <AddressForm options={options} onError={setError} />}</div>
      )}
      <UploadOptionsForm
        value={options}
        onChange={(options) => changeUploads({ options })}
        limits={limits.data}
      />
      <SamplePictures onFiles={send} onError={setError} />
    </>
  )
}
