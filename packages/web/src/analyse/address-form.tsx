import { useMutation } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { useEffect, useId, useRef } from 'react'
import { request } from '../api/request.ts'
import { tagsOf, type UploadOptions } from '../api/upload.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { ProgressBar } from '../ui/meter.tsx'
import { changeUploads, useUploads } from '../upload/upload-queue.ts'
import { completeAddress } from './read-address.ts'

/** Media that the service fetches itself. */
export function AddressForm({
  options,
  onError,
}: {
  options: UploadOptions
  onError: (error: unknown) => void
}) {
  const id = useId()
  const { address: url, addressPasted } = useUploads()
  const input = useRef<HTMLInputElement>(null)
  useEffect(() => {
    if (!addressPasted) return
    input.current?.focus()
    changeUploads({ addressPasted: false })
  }, [addressPasted])
  const navigate = useNavigate()
  const submit = useMutation({
    mutationFn: () =>
      request<AnalysisResource>('/api/v1/analyses', {
        method: 'POST',
        body: {
          url: completeAddress(url),
          ...(tagsOf(options).length ? { tags: tagsOf(options) } : {}),
          ...(options.frames ? { frames: options.frames === 'all' ? 'all' : Number(options.frames) } : {}),
          ...(options.retention ? { retention: options.retention } : {}),
          ...(options.fresh ? { fresh: true } : {}),
        },
      }),
    onSuccess: (made) => {
      changeUploads({ address: '' })
      return navigate({ to: '/analyses/$id', params: { id: made.id } })
    },
    onError,
  })
  return (
    <form
      className="grid gap-1"
      onSubmit={(event) => {
        event.preventDefault()
        onError(null)
        submit.mutate()
      }}
    >
      <label htmlFor={id}>{text.analyse.url}</label>
      <div className="flex flex-wrap gap-2">
        <input
          id={id}
          inputMode="url"
          autoComplete="url"
          ref={input}
          required
          value={url}
          placeholder="https://"
          onChange={(event) => changeUploads({ address: event.target.value })}
          className="grow basis-64"
        />
        <Button type="submit" disabled={submit.isPending}>
          {text.analyse.urlGo}
        </Button>
      </div>
      {submit.isPending && (
        <div role="status" className="text-sm">
          {text.analyse.fetching}
          <ProgressBar label={text.analyse.fetching} share={null} />
        </div>
      )}
    </form>
  )
}
