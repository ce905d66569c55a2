import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { createRouter, RouterProvider, type AnyRoute } from '@tanstack/react-router'
import { lazy, StrictMode, Suspense, type ComponentType } from 'react'
import { createRoot } from 'react-dom/client'
import { queries } from '@/app/client'
import { keptLanguage, speak } from '@/app/language'
import { meQuery } from '@/app/session'
import { Updates } from '@/app/Updates'
import { routeTree } from './routeTree.gen'
import './styles.css'

const router = createRouter({
  routeTree,
  basepath: '/app',
  context: { queries },
  defaultPreload: 'intent',
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}

// Where they cannot be fetched, the page goes on without them, and they are tried again: notices wait.
const toasts = (): Promise<{ default: ComponentType }> =>
  import('@/ui/Toasts').catch(() => new Promise(later => setTimeout(later, 5_000)).then(toasts))
const Toasts = lazy(toasts)

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element "root"')
// The page and whose session it is are fetched beside the messages, not after them: each is a trip on its own.
const routes: Readonly<Record<string, AnyRoute>> = { ...router.routesById }
for (const { routeId } of router.matchRoutes(router.latestLocation) as readonly { routeId: string }[]) {
  const route = routes[routeId]
  if (route) void router.loadRouteChunk(route)
  if (routeId === '/_app') void queries.prefetchQuery(meQuery)
}
await speak(keptLanguage())
createRoot(root).render(
  <StrictMode>
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <Updates />
        <Suspense>
          <Toasts />
        </Suspense>
      </QueryClientProvider>
    </I18nProvider>
  </StrictMode>,
)
