import { useQuery } from '@tanstack/react-query'
import { useParams } from '@tanstack/react-router'
import { analysisQuery, isFinal, useProgress } from '../api/analyses.ts'
import { text } from '../text.ts'
import { Failure, Loading, Notice } from '../ui/notice.tsx'
import { Title } from '../ui/title.tsx'
import { Actions } from './actions.tsx'
import { Credentials } from './credentials.tsx'
import { FeedbackForm } from './feedback.tsx'
import { Findings } from './findings.tsx'
import { Provenance } from './provenance.tsx'
import { Running } from './running.tsx'
import { VerdictPanel } from './verdict.tsx'

export function ResultPage() {
  const { id } = useParams({ from: '/analyses/$id' })
  const query = useQuery(analysisQuery(id))
  const progress = useProgress(query.data)
  if (query.error && !query.data) return <Failure error={query.error} retry={() => query.refetch()} />
  if (!query.data) return <Loading height="30rem" />
  const analysis = query.data
  const title = analysis.name ?? `${analysis.sha256.slice(0, 12)}…`
  return (
    <>
      <Title>{title}</Title>
      {analysis.reused && <Notice>{text.result.reused}</Notice>}
      {!isFinal(analysis.state) && <Running analysis={analysis} progress={progress} />}
      {analysis.state === 'failed' && (
        <Notice alert>
          <p className="font-semibold">{text.result.failedTitle}</p>
          <p>{analysis.error?.detail}</p>
          <p className="text-sm text-muted">{analysis.error?.code}</p>
        </Notice>
      )}
      {analysis.state === 'cancelled' && <Notice>{text.result.cancelledTitle}</Notice>}
      {analysis.report && (
        <>
          <VerdictPanel analysis={analysis} report={analysis.report} />
          <Findings analysis={analysis} report={analysis.report} />
          <Credentials report={analysis.report} />
        </>
      )}
      {isFinal(analysis.state) && <Actions analysis={analysis} />}
      {analysis.report && (
        <>
          <FeedbackForm analysis={analysis} />
          <Provenance report={analysis.report} />
        </>
      )}
    </>
  )
}
