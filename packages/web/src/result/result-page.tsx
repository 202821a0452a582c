import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { isFinal } from '@unswap/contract/vocabulary'
import { analysisQuery, useProgress } from '../api/analysis-queries.ts'
import { when } from '../format.ts'
import { text } from '../text/text.ts'
import { Failure, Loading, Notice } from '../ui/notice.tsx'
import { PageTitle } from '../ui/page-title.tsx'
import { CredentialsCard } from './credentials-card.tsx'
import { FeedbackForm } from './feedback/feedback-form.tsx'
import { Findings } from './findings.tsx'
import { Provenance } from './provenance.tsx'
import { ResultActions } from './result-actions.tsx'
import { RunningAnalysis } from './running-analysis.tsx'

export function ResultPage() {
  const { id } = useParams({ from: '/analyses/$id' })
  const query = useQuery(analysisQuery(id))
  const progress = useProgress(query.data)
  if (query.error && !query.data)
    return (
      <>
        <PageTitle>{text.result.title}</PageTitle>
        <Failure error={query.error} retry={() => query.refetch()} />
        <Link to="/history">{text.nav.history}</Link>
      </>
    )
  if (!query.data) return <Loading height="30rem" />
  const analysis = query.data
  const title = analysis.name ?? `${analysis.sha256.slice(0, 12)}…`
  const { report } = analysis
  return (
    <>
      <PageTitle tab={`${stateOf(analysis)} · ${title}`}>{title}</PageTitle>
      <p className="hidden text-sm text-muted print:block">
        {text.result.printed(analysis.finishedAt ? when(analysis.finishedAt) : '', window.location.href)}
      </p>
      {analysis.reused && <Notice>{text.result.reused}</Notice>}
      {!isFinal(analysis.state) && <RunningAnalysis analysis={analysis} progress={progress} />}
      {analysis.state === 'failed' && (
        <Notice alert>
          <p className="font-semibold">{text.result.failedTitle}</p>
          <p>{analysis.error?.detail}</p>
          <p className="text-sm text-muted">{analysis.error?.code}</p>
        </Notice>
      )}
      {analysis.state === 'cancelled' && <Notice>{text.result.cancelledTitle}</Notice>}
      {report ? (
        <>
          <Findings analysis={analysis} report={report}>
            <ResultActions analysis={analysis} />
          </Findings>
          <CredentialsCard report={report} />
          <FeedbackForm analysis={analysis} />
          <Provenance report={report} />
        </>
      ) : (
        isFinal(analysis.state) && <ResultActions analysis={analysis} />
      )}
    </>
  )
}

/** The verdict or state, first in the browser's tab so that it can be read among many tabs. */
function stateOf({ override, verdict, state }: AnalysisResource): string {
  const band = override ?? verdict?.band
  return band ? text.bands[band] : text.states[state]
}
