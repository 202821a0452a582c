import { useNavigate } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { useState } from 'react'
import { useDelete } from '../api/analyses.ts'
import { when } from '../format.ts'
import { text } from '../text.ts'
import { Button } from '../ui/button.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Failure } from '../ui/notice.tsx'
import { summaryOf } from './why.ts'

const t = text.result

/** Downloads, printing, what can be passed on, and erasing now, with what is kept and how long. */
export function Actions({ analysis }: { analysis: AnalysisResource }) {
  const [asking, setAsking] = useState(false)
  const erase = useDelete()
  const navigate = useNavigate()
  const { report } = analysis
  const link =
    'inline-flex min-h-10 items-center rounded-md border border-muted bg-paper px-3 font-medium text-ink no-underline hover:border-accent'
  const kept = !analysis.mediaKept
    ? t.keptNot
    : analysis.expiresAt
      ? t.keptUntil(when(analysis.expiresAt))
      : t.keptForever
  return (
    <section aria-label={t.actions} className="no-print">
      <div className="flex flex-wrap items-center gap-2">
        {report && (
          <CopyButton
            label={t.copySummary}
            copy={() => summaryOf(analysis, report, window.location.href)}
            look="primary"
          />
        )}
        <CopyButton label={t.share} copy={() => window.location.href} />
        {analysis.links.reportHtml && (
          <a className={link} href={analysis.links.reportHtml} download={`unswap-${analysis.id}.html`}>
            {t.downloadHtml}
          </a>
        )}
        {analysis.links.reportJson && (
          <a className={link} href={analysis.links.reportJson} download={`unswap-${analysis.id}.json`}>
            {t.downloadJson}
          </a>
        )}
        {report && <Button onClick={() => window.print()}>{t.print}</Button>}
        <Button look="danger" className="sm:ml-auto" onClick={() => setAsking(true)}>
          {t.deleteNow}
        </Button>
      </div>
      <p className="mt-2 text-sm text-muted">{kept}</p>
      {erase.error && <Failure error={erase.error} />}
      <Confirm
        open={asking}
        title={t.deleteTitle}
        detail={t.deleteText}
        action={text.remove}
        onClose={() => setAsking(false)}
        onConfirm={() => erase.mutate([analysis.id], { onSuccess: () => navigate({ to: '/history' }) })}
      />
    </section>
  )
}
