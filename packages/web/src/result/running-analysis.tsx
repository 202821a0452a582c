import type { AnalysisResource, Progress } from '@unswap/contract'
import { useCancel } from '../api/analysis-queries.ts'
import { text } from '../text/text.ts'
import { Button } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { ProgressBar } from '../ui/meter.tsx'
import { Failure } from '../ui/notice.tsx'

/** How far an analysis is, and a button to cancel it. */
export function RunningAnalysis({
  analysis,
  progress,
}: {
  analysis: AnalysisResource
  progress: Progress | null
}) {
  const cancel = useCancel(analysis.id)
  const t = text.result
  const step = analysis.state === 'queued' || !progress ? t.waiting : text.stages[progress.stage]
  return (
    <Card title={t.progress}>
      <ProgressBar label={t.progress} share={progress?.share ?? null} />
      <p className="my-2 min-h-6" aria-live="polite">
        {step}
        {progress && progress.frames > 0 && ` · ${t.frames(progress.frames, progress.framesTotal)}`}
      </p>
      {cancel.error && <Failure error={cancel.error} />}
      <Button onClick={() => cancel.mutate()} disabled={cancel.isPending}>
        {text.cancel}
      </Button>
    </Card>
  )
}
