import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ServiceError } from './api/request.ts'
import { router } from './router.tsx'
import './style.css'
import { restoreTheme } from './ui/theme.tsx'

restoreTheme()

const client = new QueryClient({
  defaultOptions: {
    queries: {
      // Asking again helps when the service was away, not when it has said no.
      retry: (count, error) =>
        count < 2 && (!(error instanceof ServiceError) || error.status === 0 || error.status >= 500),
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
