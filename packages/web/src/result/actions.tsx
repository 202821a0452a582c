import { useNavigate } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { useState } from 'react'
import { useDelete } from '../api/analyses.ts'
import { when } from '../format.ts'
import { text } from '../text.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Confirm } from '../ui/confirm.tsx'
import { Failure } from '../ui/notice.tsx'

const t = text.result

/** Downloads, printing, the link, and erasing now, with what is kept and how long. */
export function Actions({ analysis }: { analysis: AnalysisResource }) {
  const [asking, setAsking] = useState(false)
  const [copied, setCopied] = useState(false)
  const erase = useDelete()
  const navigate = useNavigate()
  const link =
    'inline-flex min-h-10 items-center rounded-md border border-muted px-3 font-medium text-ink no-underline'
  const kept = !analysis.mediaKept
    ? t.keptNot
    : analysis.expiresAt
      ? t.keptUntil(when(analysis.expiresAt))
      : t.keptForever
  return (
    <div className="no-print">
      <Card>
        <div className="flex flex-wrap items-center gap-2">
          {analysis.links.reportJson && (
            <a className={link} href={analysis.links.reportJson} download={`unswap-${analysis.id}.json`}>
              {t.downloadJson}
            </a>
          )}
          {analysis.links.reportHtml && (
            <a className={link} href={analysis.links.reportHtml} download={`unswap-${analysis.id}.html`}>
              {t.downloadHtml}
            </a>
          )}
          <Button onClick={() => window.print()}>{t.print}</Button>
          <Button
            onClick={async () => {
              await navigator.clipboard.writeText(window.location.href)
              setCopied(true)
            }}
          >
            {copied ? text.copied : t.share}
          </Button>
          <Button look="danger" onClick={() => setAsking(true)}>
            {t.deleteNow}
          </Button>
        </div>
        <p className="mt-2 text-sm text-muted">{kept}</p>
        {erase.error && <Failure error={erase.error} />}
      </Card>
      <Confirm
        open={asking}
        title={t.deleteTitle}
        detail={t.deleteText}
        action={text.remove}
        onClose={() => setAsking(false)}
        onConfirm={() => erase.mutate([analysis.id], { onSuccess: () => navigate({ to: '/history' }) })}
      />
    </div>
  )
}
