import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { AnalysisResource, Batch, FeedbackRequest, Progress } from '@unswap/contract'
import { FINAL_STATES, isFinal } from '@unswap/contract/vocabulary'
import { useEffect, useState } from 'react'
import { tryNow, useConnection } from '../connection/connection.ts'
import { request } from './request.ts'

const POLL_MILLISECONDS = 1500

/** One analysis. It is asked again every 1.5 s until it is done, in case the events do not arrive. */
export const analysisQuery = (id: string) =>
  queryOptions({
    queryKey: ['analysis', id],
    queryFn: ({ signal }) =>
      request<AnalysisResource>(`/api/v1/analyses/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) =>
      query.state.data && !isFinal(query.state.data.state) ? POLL_MILLISECONDS : false,
  })

export const batchQuery = (id: string) =>
  queryOptions({
    queryKey: ['batch', id],
    queryFn: ({ signal }) => request<Batch>(`/api/v1/batches/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: (query) => (query.state.data?.done ? false : POLL_MILLISECONDS),
  })

/** Files of a batch that were not accepted. The service says so only in its answer to the upload, so it is kept here. */
export const refusedQuery = (id: string) =>
  queryOptions({
    queryKey: ['batch', id, 'refused'],
    queryFn: (): Batch['refused'] => [],
    staleTime: Number.POSITIVE_INFINITY,
  })

/** Live progress of a running analysis through server-sent events; null until the first arrives. */
export function useProgress(analysis: AnalysisResource | undefined): Progress | null {
  const client = useQueryClient()
  const [progress, setProgress] = useState<Progress | null>(null)
  const { found } = useConnection()
  const address = analysis && !isFinal(analysis.state) ? analysis.links.events : null
  const id = analysis?.id
  useEffect(() => {
    if (!address || !id) return
    // `found` is named below: a stream that ended with its service is opened anew.
    void found
    const source = new EventSource(address)
    source.addEventListener('error', () => void tryNow())
    const refresh = () => client.invalidateQueries({ queryKey: ['analysis', id] })
    source.addEventListener('progress', (event) => setProgress(JSON.parse(event.data).progress as Progress))
    source.addEventListener('running', refresh)
    for (const end of FINAL_STATES) {
      source.addEventListener(end, () => {
        source.close()
        void refresh()
      })
    }
    return () => source.close()
  }, [address, id, client, found])
  return progress ?? analysis?.progress ?? null
}

export function useCancel(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request(`/api/v1/analyses/${encodeURIComponent(id)}/cancel`, { method: 'POST' }),
    onSettled: () => client.invalidateQueries({ queryKey: ['analysis', id] }),
  })
}

export function useFeedback(id: string) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: FeedbackRequest) =>
      request(`/api/v1/analyses/${encodeURIComponent(id)}/feedback`, { method: 'POST', body }),
    onSuccess: () =>
      Promise.all(
        [['analysis', id], ['analyses'], ['analysis-count'], ['batch']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}
