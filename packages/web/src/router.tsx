import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router'
import { AnalysePage } from './analyse/analyse-page.tsx'
import { readFilters } from './history/history-filters.ts'
import { PageLayout } from './page-layout.tsx'
import { text } from './text/text.ts'
import { Failure } from './ui/notice.tsx'
import { PageTitle } from './ui/page-title.tsx'

const root = createRootRoute({
  component: PageLayout,
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  notFoundComponent: () => (
    <>
      <PageTitle>{text.notFound}</PageTitle>
      <Link to="/">{text.toStart}</Link>
    </>
  ),
})

const parent = { getParentRoute: () => root }

// The first page is in the first script; the others load when they are opened.
const routes = root.addChildren([
  createRoute({ ...parent, path: '/', component: AnalysePage }),
  createRoute({
    ...parent,
    path: '/analyses/$id',
    component: lazyRouteComponent(() => import('./result/result-page.tsx'), 'ResultPage'),
  }),
  createRoute({
    ...parent,
    path: '/history',
    validateSearch: readFilters,
    component: lazyRouteComponent(() => import('./history/history-page.tsx'), 'HistoryPage'),
  }),
  createRoute({
    ...parent,
    path: '/batches/$id',
    component: lazyRouteComponent(() => import('./batch/batch-page.tsx'), 'BatchPage'),
  }),
  createRoute({
    ...parent,
    path: '/help',
    component: lazyRouteComponent(() => import('./help/help-page.tsx'), 'HelpPage'),
  }),
  createRoute({
    ...parent,
    path: '/models',
    component: lazyRouteComponent(() => import('./models/models-page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    ...parent,
    path: '/status',
    component: lazyRouteComponent(() => import('./status/status-page.tsx'), 'StatusPage'),
  }),
  createRoute({
    ...parent,
    path: '/keys',
    component: lazyRouteComponent(() => import('./keys/keys-page.tsx'), 'KeysPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in',
    component: lazyRouteComponent(() => import('./sign-in/sign-in-page.tsx'), 'SignInPage'),
  }),
])

export const router = createRouter({ routeTree: routes, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
