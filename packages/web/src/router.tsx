import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent } from '@tanstack/react-router'
import { AnalysePage } from './analyse/page.tsx'
import { readFilters } from './history/filters.ts'
import { text } from './text.ts'
import { Frame } from './ui/frame.tsx'
import { Failure } from './ui/notice.tsx'
import { Title } from './ui/title.tsx'

const root = createRootRoute({
  component: Frame,
  errorComponent: ({ error, reset }) => <Failure error={error} retry={reset} />,
  notFoundComponent: () => (
    <>
      <Title>{text.notFound}</Title>
      <Link to="/">{text.toStart}</Link>
    </>
  ),
})

const parent = { getParentRoute: () => root }

// The first page comes at once; the others when they are asked for.
const routes = root.addChildren([
  createRoute({ ...parent, path: '/', component: AnalysePage }),
  createRoute({
    ...parent,
    path: '/analyses/$id',
    component: lazyRouteComponent(() => import('./result/page.tsx'), 'ResultPage'),
  }),
  createRoute({
    ...parent,
    path: '/history',
    validateSearch: readFilters,
    component: lazyRouteComponent(() => import('./history/page.tsx'), 'HistoryPage'),
  }),
  createRoute({
    ...parent,
    path: '/batches/$id',
    component: lazyRouteComponent(() => import('./batch/page.tsx'), 'BatchPage'),
  }),
  createRoute({
    ...parent,
    path: '/help',
    component: lazyRouteComponent(() => import('./help/page.tsx'), 'HelpPage'),
  }),
  createRoute({
    ...parent,
    path: '/models',
    component: lazyRouteComponent(() => import('./models/page.tsx'), 'ModelsPage'),
  }),
  createRoute({
    ...parent,
    path: '/status',
    component: lazyRouteComponent(() => import('./status/page.tsx'), 'StatusPage'),
  }),
  createRoute({
    ...parent,
    path: '/keys',
    component: lazyRouteComponent(() => import('./keys/page.tsx'), 'KeysPage'),
  }),
  createRoute({
    ...parent,
    path: '/sign-in',
    component: lazyRouteComponent(() => import('./session/page.tsx'), 'SignInPage'),
  }),
])

export const router = createRouter({ routeTree: routes, defaultPreload: 'intent', scrollRestoration: true })

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
