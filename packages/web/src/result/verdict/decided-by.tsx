import type { AnalysisResource } from '@unswap/contract'
import { useFeedback } from '../../api/analysis-queries.ts'
import { when } from '../../format.ts'
import { text } from '../../text/text.ts'
import { Button } from '../../ui/button.tsx'
import { Failure } from '../../ui/notice.tsx'
import { decisionOf } from '../feedback/decision-log.ts'

const t = text.result

/** Who decided, and when; and a button to take it back. */
export function DecidedBy({ analysis }: { analysis: AnalysisResource }) {
  const decision = decisionOf(analysis)
  const send = useFeedback(analysis.id)
  return (
    <>
      <p className="mt-2 flex flex-wrap items-center gap-3">
        <span className="wrap-anywhere">
          {decision ? t.decidedBy(decision.by, when(decision.at)) : t.override}
        </span>
        <Button
          className="no-print"
          disabled={send.isPending}
          onClick={() => send.mutate({ override: null })}
        >
          {t.withdraw}
        </Button>
      </p>
      {send.error && <Failure error={send.error} />}
    </>
  )
}
