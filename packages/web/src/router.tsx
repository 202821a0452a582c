import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router'
import { AnalysePage } from './analyse/analyse-page.tsx'
import { pageLoader } from './connection/load-page.ts'
import { readFilters } from './history/history-filters.ts'
import { PageLayout } from './page-layout.tsx'
import { text } from './text/text.ts'
import { Failure, Loading } from './ui/notice.tsx'
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
    component: lazyRouteComponent(
      pageLoader(() => import('./result/result-page.tsx')),
      'ResultPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/history',
    validateSearch: readFilters,
    component: lazyRouteComponent(
      pageLoader(() => import('./history/history-page.tsx')),
      'HistoryPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/batches/$id',
    component: lazyRouteComponent(
      pageLoader(() => import('./batch/batch-page.tsx')),
      'BatchPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/help',
    component: lazyRouteComponent(
      pageLoader(() => import('./help/help-page.tsx')),
      'HelpPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/models',
    component: lazyRouteComponent(
      pageLoader(() => import('./models/models-page.tsx')),
      'ModelsPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/status',
    component: lazyRouteComponent(
      pageLoader(() => import('./status/status-page.tsx')),
      'StatusPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/keys',
    component: lazyRouteComponent(
      pageLoader(() => import('./keys/keys-page.tsx')),
      'KeysPage',
    ),
  }),
  createRoute({
    ...parent,
    path: '/sign-in',
    component: lazyRouteComponent(
      pageLoader(() => import('./sign-in/sign-in-page.tsx')),
      'SignInPage',
    ),
  }),
])

export const router = createRouter({
  routeTree: routes,
  defaultPreload: 'intent',
  defaultPendingComponent: () => <Loading height="30rem" />,
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
