import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { getAnomaly, listAnomalies, summariseAnomalies, type Anomaly } from '@/api'

export interface Filters {
  status?: Anomaly['status'] | 'all'
  location?: string
  product?: string
  from?: string
  to?: string
}

/** What needs a person: everything that is not NORMAL. */
const NEEDS_A_PERSON: readonly Anomaly['status'][] = ['WASPADA', 'ANOMALI']

function statusesOf(filters: Filters): readonly Anomaly['status'][] | undefined {
  if (filters.status === 'all') return undefined
  return filters.status ? [filters.status] : NEEDS_A_PERSON
}

/** The same choice the server makes, for verdicts that arrive live. */
export function matcher(filters: Filters): (verdict: Anomaly) => boolean {
  const statuses = statusesOf(filters)
  return verdict =>
    (!statuses || statuses.includes(verdict.status)) &&
    (!filters.location || verdict.location.id === filters.location) &&
    (!filters.product || verdict.product.id === filters.product) &&
    (!filters.from || verdict.date >= filters.from) &&
    (!filters.to || verdict.date <= filters.to)
}

export function anomaliesQuery(filters: Filters) {
  const { location, product, from, to } = filters
  const status = statusesOf(filters)
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listAnomalies', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listAnomalies({
          query: {
            limit: 50,
            ...(status && { status: [...status] }),
            ...(location && { location_id: location }),
            ...(product && { product_id: product }),
            ...(from && { from }),
            ...(to && { to }),
            ...(pageParam && { cursor: pageParam }),
          },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export function summaryQuery({ from, to }: Filters) {
  return queryOptions({
    queryKey: [{ _id: 'summariseAnomalies', from, to }],
    queryFn: async ({ signal }) =>
      (await summariseAnomalies({ query: { ...(from && { from }), ...(to && { to }) }, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function anomalyQuery(id: string) {
  return queryOptions({
    queryKey: [{ _id: 'getAnomaly', id }],
    queryFn: async ({ signal }) => (await getAnomaly({ path: { anomaly_id: id }, signal })).data,
  })
}
