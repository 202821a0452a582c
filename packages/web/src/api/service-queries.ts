import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type {
  AuditList,
  KeyCreated,
  KeyList,
  KeyRequest,
  ModelList,
  ServiceLimits,
  Session,
  Stats,
} from '@unswap/contract'
import { request } from './request.ts'

export const limitsQuery = queryOptions({
  queryKey: ['limits'],
  queryFn: () => request<ServiceLimits>('/api/v1/limits'),
  staleTime: 60_000,
})

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: () => request<ModelList>('/api/v1/models'),
  staleTime: 60_000,
})

export const statsQuery = (hours: number) =>
  queryOptions({
    queryKey: ['stats', hours],
    queryFn: () => request<Stats>(`/api/v1/stats?hours=${hours}`),
    refetchInterval: 5000,
  })

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: () => request<Session>('/api/v1/session'),
  staleTime: 60_000,
})

export const keysQuery = queryOptions({ queryKey: ['keys'], queryFn: () => request<KeyList>('/api/v1/keys') })

export const auditQuery = queryOptions({
  queryKey: ['audit'],
  queryFn: () => request<AuditList>('/api/v1/audit?limit=100'),
})

/** Everything is asked again after signing in or out, since another caller may see other things. */
export function useSignIn() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (token: string) => request<Session>('/api/v1/session', { method: 'POST', body: { token } }),
    onSuccess: () => client.resetQueries(),
  })
}

export function useSignOut() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: () => request('/api/v1/session', { method: 'DELETE' }),
    onSuccess: () => client.resetQueries(),
  })
}

export function useCreateKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: KeyRequest) => request<KeyCreated>('/api/v1/keys', { method: 'POST', body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  })
}

export function useRevokeKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => request(`/api/v1/keys/${encodeURIComponent(id)}`, { method: 'DELETE' }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['keys'] }),
  })
}
