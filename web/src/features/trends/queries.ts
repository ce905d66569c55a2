import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { showAnomalyTrends, showFuelTrends } from '@/api'
import type { Period } from './spans'

export interface Filters {
  /** Absent: by day. */
  period?: 'week' | 'month'
  by?: 'location' | 'product'
  compare?: 'previous' | 'last_year'
  location?: string
  product?: string
  from?: string
  to?: string
}

/** What is asked for, the defaults filled in. */
export interface Asked extends Omit<Filters, 'period'> {
  period: Period
  from: string
  to: string
}

const narrowing = ({ location, product }: Asked) => ({
  ...(location && { location_id: location }),
  ...(product && { product_id: product }),
})

export function trendQuery(asked: Asked) {
  const { period, by, compare, from, to } = asked
  return queryOptions({
    queryKey: [{ _id: 'showFuelTrends', ...asked }],
    queryFn: async ({ signal }) =>
      (
        await showFuelTrends({
          query: { period, from, to, ...(by && { by }), ...(compare && { compare }), ...narrowing(asked) },
          signal,
        })
      ).data,
    placeholderData: keepPreviousData,
  })
}

export function statusTrendQuery(asked: Asked) {
  const { period, from, to } = asked
  return queryOptions({
    queryKey: [{ _id: 'showAnomalyTrends', period, from, to, ...narrowing(asked) }],
    queryFn: async ({ signal }) =>
      (await showAnomalyTrends({ query: { period, from, to, ...narrowing(asked) }, signal })).data,
    placeholderData: keepPreviousData,
  })
}
