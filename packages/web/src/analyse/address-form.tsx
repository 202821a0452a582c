import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { useId, useState } from 'react'
import { request } from '../api/request.ts'
import type { UploadOptions } from '../api/upload.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'

/** Media that the service fetches itself. */
export function AddressForm({
  options,
  onError,
}: {
  options: UploadOptions
  onError: (error: unknown) => void
}) {
  const id = useId()
  const [url, setUrl] = useState('')
  const navigate = useNavigate()
  const submit = useMutation({
    mutationFn: () =>
      request<AnalysisResource>('/api/v1/analyses', {
        method: 'POST',
        body: {
          url,
          ...(options.frames ? { frames: options.frames === 'all' ? 'all' : Number(options.frames) } : {}),
          ...(options.retention ? { retention: options.retention } : {}),
          ...(options.fresh ? { fresh: true } : {}),
        },
      }),
    onSuccess: (made) => navigate({ to: '/analyses/$id', params: { id: made.id } }),
    onError,
  })
  return (
    <form
      className="grid gap-1"
      onSubmit={(event) => {
        event.preventDefault()
        submit.mutate()
      }}
    >
      <label htmlFor={id}>{text.analyse.url}</label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          type="url"
          required
          value={url}
          placeholder="https://"
          onChange={(event) => setUrl(event.target.value)}
          className="grow basis-64"
        />
        <Button type="submit" disabled={submit.isPending}>
          {text.analyse.urlGo}
        </Button>
      </div>
    </form>
  )
}
