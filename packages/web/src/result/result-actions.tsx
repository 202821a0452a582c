import { useNavigate } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { useState } from 'react'
import { useErase } from '../api/erase-analyses.ts'
import { when } from '../format.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { ConfirmDialog } from '../ui/confirm-dialog.tsx'
import { CopyButton } from '../ui/copy-button.tsx'
import { Failure } from '../ui/notice.tsx'
import { summaryOf } from './verdict/explain-verdict.ts'

const t = text.result

/** Buttons to copy, download, print and delete a result, and a line on how long its media is kept. */
export function ResultActions({ analysis }: { analysis: AnalysisResource }) {
  const [asking, setAsking] = useState(false)
  const navigate = useNavigate()
  const erase = useErase(() => navigate({ to: '/history', replace: true }))
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
      <ConfirmDialog
        open={asking}
        title={t.deleteTitle}
        detail={t.deleteText}
        action={text.remove}
        onClose={() => setAsking(false)}
        onConfirm={() => erase.mutate([analysis.id])}
      />
    </section>
  )
}
