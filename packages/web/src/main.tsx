import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ServiceError } from './api/request.ts'
import { loadPagesAhead } from './connection/load-page.ts'
import { router } from './router.tsx'
import './style.css'
import { restoreTheme } from './ui/theme-choice.tsx'

restoreTheme()
loadPagesAhead()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // A query without an answer waits until the service is back.
      // Trying again helps after an outage or a fault of the service, not after a refusal.
      retry: (count, error) =>
        error instanceof ServiceError
          ? error.lost || (count < 2 && (error.status === 0 || error.status >= 500))
          : count < 2,
      staleTime: 2000,
    },
  },
})

const root = document.getElementById('root')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  )
}
