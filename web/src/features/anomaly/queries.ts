import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  exportAnomalies,
  getAnomaly,
  listAnomalies,
  sizeAnomaliesExport,
  summariseAnomalies,
  type Anomaly,
} from '@/api'
import type { Exporting } from '@/app/ExportTool'

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

function asked(filters: Filters) {
  const { location, product, from, to } = filters
  const status = statusesOf(filters)
  return {
    ...(status && { status: [...status] }),
    ...(location && { location_id: location }),
    ...(product && { product_id: product }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

export function anomaliesExport(filters: Filters): Exporting {
  const query = asked(filters)
  return {
    what: { of: 'anomalies', ...filters },
    filtered: filters.status !== 'all' || Object.keys(filters).length > 1,
    size: async signal => (await sizeAnomaliesExport({ query, signal })).data,
    fetch: async format =>
      (await exportAnomalies({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

export function anomaliesQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listAnomalies', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listAnomalies({
          query: {
            limit: 50,
            ...asked(filters),
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
