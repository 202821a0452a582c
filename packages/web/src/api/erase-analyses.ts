import { type InfiniteData, type QueryClient, useMutation, useQueryClient } from '@tanstack/react-query'
import type { AnalysisList, Erased } from '@unswap/contract'
import { useEffect } from 'react'
import { request } from './request.ts'

/** Ids at a time: a request that outlives its page may have 64 KB. */
const CHUNK = 1000

/** Tells the other tabs of this browser what was erased. */
const channel = 'BroadcastChannel' in window ? new BroadcastChannel('unswap-erased') : null

/** Erases analyses; those that are gone already count as erased. @throws ServiceError */
export async function eraseAnalyses(ids: readonly string[]): Promise<void> {
  for (let start = 0; start < ids.length; start += CHUNK) {
    await request<Erased>('/api/v1/analyses/erase', {
      method: 'POST',
      body: { ids: ids.slice(start, start + CHUNK) },
      keepalive: true,
    })
  }
}

/** Takes what was erased out of the memory of this tab, and of the other tabs. */
function forgetErased(client: QueryClient, ids: readonly string[]): void {
  forgetHere(client, ids)
  channel?.postMessage(ids)
}

function forgetHere(client: QueryClient, ids: readonly string[]): void {
  const gone = new Set(ids)
  for (const id of ids) {
    const about = { queryKey: ['analysis', id] }
    // A page that shows it asks again at once, and is told that it is gone.
    void client.resetQueries({ ...about, type: 'active' })
    client.removeQueries({ ...about, type: 'inactive' })
  }
  client.setQueriesData<InfiniteData<AnalysisList>>(
    { queryKey: ['analyses'] },
    (data) =>
      data && {
        ...data,
        pages: data.pages.map((page) => ({ ...page, items: page.items.filter(({ id }) => !gone.has(id)) })),
      },
  )
  client.removeQueries({ queryKey: ['batch'], type: 'inactive' })
  for (const key of ['analyses', 'analysis-count', 'batch']) {
    void client.invalidateQueries({ queryKey: [key] })
  }
}

/** Forgets what other tabs have erased. */
export function useErasedElsewhere(): void {
  const client = useQueryClient()
  useEffect(() => {
    const listen = ({ data }: MessageEvent<string[]>) => forgetHere(client, data)
    channel?.addEventListener('message', listen)
    return () => channel?.removeEventListener('message', listen)
  }, [client])
}

/** Erases analyses, then leaves their pages (`leave`), and forgets them everywhere. */
export function useErase(leave?: () => unknown) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: eraseAnalyses,
    onSuccess: async (_, ids) => {
      await leave?.()
      forgetErased(client, ids)
    },
  })
}
