import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { listIncidents, type Incident, type NewAnswer } from '@/api'

export interface Filters {
  /** Absent: those that nobody answered. */
  answer?: NewAnswer['answer'] | 'all'
  /** Those that subsided, or were withdrawn, whatever was answered. */
  state?: 'closed' | 'withdrawn'
  severity?: Incident['severity']
  location?: string
  product?: string
  from?: string
  to?: string
}

function asked({ answer, state, severity, location, product, from, to }: Filters) {
  return {
    ...(state ? { state } : answer !== 'all' && { answer: [answer ?? ('none' as const)] }),
    ...(severity && { severity: [severity] }),
    ...(location && { location_id: location }),
    ...(product && { product_id: product }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

export function incidentsQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listIncidents', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listIncidents({
          query: { limit: 50, ...asked(filters), ...(pageParam && { cursor: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}
