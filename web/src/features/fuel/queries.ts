import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { exportFuelTransactions, listFuelTransactions, sizeFuelTransactionsExport } from '@/api'
import type { Exporting } from '@/app/ExportTool'

export interface Filters {
  location?: string
  product?: string
  from?: string
  to?: string
  /** Absent: only what counts. */
  status?: 'voided' | 'all'
}

function asked({ location, product, from, to, status }: Filters) {
  return {
    ...(location && { location_id: location }),
    ...(product && { product_id: product }),
    ...(from && { from }),
    ...(to && { to }),
    ...(status !== 'all' && { status: status ?? ('active' as const) }),
  }
}

export function transactionsExport(filters: Filters): Exporting {
  const query = asked(filters)
  return {
    what: { of: 'transactions', ...filters },
    filtered: Object.keys(filters).length > 0,
    size: async signal => (await sizeFuelTransactionsExport({ query, signal })).data,
    fetch: async format =>
      (await exportFuelTransactions({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

export function transactionsQuery(filters: Filters, limit = 50) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listFuelTransactions', limit, ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listFuelTransactions({
          query: {
            limit,
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
