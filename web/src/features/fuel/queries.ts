import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { listFuelTransactions } from '@/api'

export interface Filters {
  location?: string
  product?: string
  from?: string
  to?: string
  /** Absent: only what counts. */
  status?: 'voided' | 'all'
}

export function transactionsQuery(filters: Filters) {
  const { location, product, from, to, status } = filters
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listFuelTransactions', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listFuelTransactions({
          query: {
            limit: 50,
            ...(location && { location_id: location }),
            ...(product && { product_id: product }),
            ...(from && { from }),
            ...(to && { to }),
            ...(status !== 'all' && { status: status ?? 'active' }),
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
