import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate, useRouterState } from '@tanstack/react-router'
import { useEffect, useEffectEvent } from 'react'
import { refusedQuery } from '../api/analysis-queries.ts'
import { percent } from '../format.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { ProgressBar } from '../ui/meter.tsx'
import { Failure } from '../ui/notice.tsx'
import { changeUploads, type Made, retryUpload, useUploads } from './upload-queue.ts'

const t = text.upload

const linkTo = ({ id, refused }: Made) =>
  refused
    ? ({ to: '/batches/$id', params: { id } } as const)
    : ({ to: '/analyses/$id', params: { id } } as const)

/** What is being sent, what waits, failed or was not sent, on every page. */
export function UploadPanel() {
  const { sending, waiting, failed, unfit, made } = useUploads()
  useOpenResult()
  useWarnBeforeLeaving(sending !== null || waiting.length > 0)
  if (!sending && !failed.length && !unfit.length && !made.length) return null
  return (
    <section
      aria-label={t.title}
      className="no-print grid max-h-[50vh] gap-2 overflow-y-auto rounded-lg border border-line border-l-4 border-l-accent bg-paper p-3 shadow-lg"
    >
      {sending && (
        <div>
          <p className="wrap-anywhere">
            {text.analyse.uploading} {sending.parcel.name}{' '}
            <span className="tabular-nums">{percent(sending.share)}</span>{' '}
            {waiting.length > 0 && t.waiting(waiting.length)}
          </p>
          <ProgressBar label={text.analyse.uploading} share={sending.share} />
          <Button className="mt-2" onClick={() => sending.stop.abort()}>
            {text.cancel}
          </Button>
        </div>
      )}
      {failed.map(({ parcel, error }) => (
        <div key={parcel.key}>
          <p className="font-semibold wrap-anywhere">{t.failed(parcel.name)}</p>
          <Failure error={error} />
          <Button className="mt-2" onClick={() => retryUpload(parcel.key)}>
            {text.retry}
          </Button>
        </div>
      ))}
      {unfit.length > 0 && (
        <div role="alert">
          <ul className="wrap-anywhere">
            {unfit.map((why) => (
              <li key={why}>{why}</li>
            ))}
          </ul>
        </div>
      )}
      {made.length > 0 && (
        <div role="status">
          <ul className="wrap-anywhere">
            {made.map((each) => (
              <li key={each.key}>
                {t.sent}{' '}
                <Link
                  {...linkTo(each)}
                  onClick={() => changeUploads({ made: made.filter(({ key }) => key !== each.key) })}
                >
                  {each.name}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      )}
      {!sending && (
        <Button
          className="justify-self-start"
          onClick={() => changeUploads({ failed: [], unfit: [], made: [] })}
        >
          {text.close}
        </Button>
      )}
    </section>
  )
}

/** Opens the result of the only upload for who waits on the first page. Whoever is elsewhere gets a link instead. */
function useOpenResult(): void {
  const { sending, waiting, made } = useUploads()
  const client = useQueryClient()
  const navigate = useNavigate()
  const path = useRouterState({ select: (router) => router.location.pathname })
  const open = useEffectEvent(() => {
    for (const { id, refused } of made) {
      if (refused) client.setQueryData(refusedQuery(id).queryKey, refused)
    }
    const [only, ...others] = made
    if (!only || others.length || sending || waiting.length || path !== '/') return
    changeUploads({ made: [] })
    void navigate(linkTo(only))
  })
  useEffect(() => open(), [made, sending])
}

function useWarnBeforeLeaving(busy: boolean): void {
  useEffect(() => {
    if (!busy) return
    const warn = (event: BeforeUnloadEvent) => event.preventDefault()
    window.addEventListener('beforeunload', warn)
    return () => window.removeEventListener('beforeunload', warn)
  }, [busy])
}
