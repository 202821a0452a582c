import { useQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { AnalysisResource } from '@unswap/contract'
import { isFinal } from '@unswap/contract/vocabulary'
import { analysisQuery, useProgress } from '../api/analyses.ts'
import { when } from '../format.ts'
import { text } from '../text.ts'
import { Failure, Loading, Notice } from '../ui/notice.tsx'
import { Title } from '../ui/title.tsx'
import { Actions } from './actions.tsx'
import { Credentials } from './credentials.tsx'
import { FeedbackForm } from './feedback.tsx'
import { Findings } from './findings.tsx'
import { Provenance } from './provenance.tsx'
import { Running } from './running.tsx'

export function ResultPage() {
  const { id } = useParams({ from: '/analyses/$id' })
  const query = useQuery(analysisQuery(id))
  const progress = useProgress(query.data)
  if (query.error && !query.data)
    return (
      <>
        <Title>{text.result.title}</Title>
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
      <Title tab={`${stateOf(analysis)} · ${title}`}>{title}</Title>
      <p className="hidden text-sm text-muted print:block">
        {text.result.printed(analysis.finishedAt ? when(analysis.finishedAt) : '', window.location.href)}
      </p>
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
      {report ? (
        <>
          <Findings analysis={analysis} report={report}>
            <Actions analysis={analysis} />
          </Findings>
          <Credentials report={report} />
          <FeedbackForm analysis={analysis} />
          <Provenance report={report} />
        </>
      ) : (
        isFinal(analysis.state) && <Actions analysis={analysis} />
      )}
    </>
  )
}

/** What the browser's tab says first, so that it can be read among many. */
function stateOf({ override, verdict, state }: AnalysisResource): string {
  const band = override ?? verdict?.band
  return band ? text.bands[band] : text.states[state]
}
