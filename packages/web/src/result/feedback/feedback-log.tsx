import type { AnalysisResource } from '@unswap/contract'
import { useFeedback } from '../../api/analysis-queries.ts'
import { when } from '../../format.ts'
import { text } from '../../text/text.ts'
import { BandLabel } from '../../ui/band-label.tsx'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/notice.tsx'
import { decisionsOf } from './decision-log.ts'

const t = text.feedback

/** What people have said and decided so far, newest first. The last decision can be undone. */
export function FeedbackLog({ analysis }: { analysis: AnalysisResource }) {
  const send = useFeedback(analysis.id)
  const decisions = decisionsOf(analysis)
  const last = decisions.at(-1)
  if (analysis.feedback.length === 0) return null
  return (
    <section className="mb-4 grid gap-2 border-b border-line pb-4" aria-label={t.log}>
      <h3>{t.log}</h3>
      <ul className="grid gap-2">
        {analysis.feedback.toReversed().map((each) => {
          const decision = decisions.find(({ id }) => id === each.id)
          return (
            <li key={each.id} className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
              <span className="text-sm text-muted">{t.by(each.by, when(each.createdAt))}</span>
              {decision && (decision.band ? <BandLabel band={decision.band} /> : t.withdrawn)}
              {each.right !== null && <span>{each.right ? t.right : t.wrong}</span>}
              {each.rating !== null && <span>{t.stars(each.rating)}</span>}
              {each.comment && <q className="basis-full whitespace-pre-wrap wrap-anywhere">{each.comment}</q>}
              {decision && decision === last && (
                <Button
                  className="no-print"
                  disabled={send.isPending}
                  onClick={() => send.mutate({ override: decisions.at(-2)?.band ?? null })}
                >
                  {t.undo}
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {send.error && <Failure error={send.error} />}
    </section>
  )
}
