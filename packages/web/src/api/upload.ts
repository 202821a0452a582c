import { lostError, refusalOf } from './request.ts'

/** What is sent with every file; empty values are left to the service. */
export interface UploadOptions {
  readonly frames: string
  readonly retention: string
  readonly tags: string
  readonly fresh: boolean
}

/** The tags that were typed, each once. */
export const tagsOf = ({ tags }: UploadOptions): string[] => [
  ...new Set(
    tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
]

function formOf(files: readonly File[], options: UploadOptions): FormData {
  const form = new FormData()
  // Fields go before the files: the service reads the form as a stream.
  if (options.frames) form.set('frames', options.frames)
  if (options.retention) form.set('retention', options.retention)
  for (const tag of tagsOf(options)) form.append('tags', tag)
  if (options.fresh) form.set('fresh', 'true')
  for (const file of files) form.append('file', file, file.name)
  return form
}

/**
 * Sends files as a form: one to `/analyses`, several to `/batches`. It uses XMLHttpRequest, since fetch does not tell how
 * much was sent (`onShare`, 0..1). @throws ServiceError, or AbortError when the signal fires
 */
export function upload<T>(
  files: readonly File[],
  options: UploadOptions,
  watch: { onShare: (share: number) => void; signal: AbortSignal; key: string },
): Promise<T> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest()
    call.open('POST', files.length > 1 ? '/api/v1/batches' : '/api/v1/analyses')
    call.setRequestHeader('idempotency-key', watch.key)
    call.upload.addEventListener('progress', (event) => {
      if (event.lengthComputable) watch.onShare(event.loaded / event.total)
    })
    call.addEventListener('load', () => {
      if (call.status >= 200 && call.status < 300) resolve(JSON.parse(call.responseText) as T)
      else reject(refusalOf(call.status, call.responseText))
    })
    call.addEventListener('error', () => reject(lostError()))
    call.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')))
    watch.signal.addEventListener('abort', () => call.abort(), { once: true })
    call.send(formOf(files, options))
  })
}
