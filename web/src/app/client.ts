/** Wires the generated client to our one way of fetching, and keeps the cache of answers. */
import { QueryClient, notifyManager } from '@tanstack/react-query'
import { client } from '@/api/client.gen'
import { apiFetch } from '@/lib/http'
import { ProblemError } from '@/lib/problem'

client.setConfig({ baseUrl: location.origin, fetch: apiFetch, throwOnError: true })

// What somebody just chose stands there with the next frame, not with the one after it.
notifyManager.setScheduler(queueMicrotask)

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ProblemError && error.isFinal),
    },
  },
})

/** Make every cached answer of these operations old, so that what is in sight is fetched again. */
export function refetch(...operations: string[]): void {
  for (const operation of operations) {
    void queries.invalidateQueries({ queryKey: [{ _id: operation }] })
  }
}

/** Make every cached answer of an operation old: it is fetched again when it is next looked at. */
export function outdate(operation: string): void {
  void queries.invalidateQueries({ queryKey: [{ _id: operation }], refetchType: 'none' })
}
