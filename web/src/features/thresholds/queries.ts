import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  backtestThresholds,
  listEffectiveMeterLimits,
  listEffectiveThresholds,
  listMeterLimits,
  listThresholds,
  type NewBacktest,
  type NewVersion,
  type VersionOut,
} from '@/api'
import { all } from '@/app/catalogue'
import { refetch } from '@/app/client'

const PAGE = 100
const CHANGED = 20
const HOLDS_MS = 6_000

/** What is set at once holds five seconds later: what is in sight is fetched now, and once more then. */
export function refetchSet(...operations: string[]): void {
  refetch(...operations)
  setTimeout(() => refetch(...operations), HOLDS_MS)
}

export const effectiveQuery = infiniteQueryOptions({
  queryKey: [{ _id: 'listEffectiveThresholds' }],
  queryFn: async ({ pageParam, signal }) =>
    (
      await listEffectiveThresholds({
        query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) },
        signal,
      })
    ).data,
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
})

export const versionsQuery = infiniteQueryOptions({
  queryKey: [{ _id: 'listThresholds' }],
  queryFn: async ({ pageParam, signal }) =>
    (await listThresholds({ query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) }, signal })).data,
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
})

/** The versions that hold now, one for each scope that has any: read afresh whenever a form opens. */
export const activeVersionsQuery = queryOptions({
  queryKey: [{ _id: 'listThresholds', state: 'active' }],
  queryFn: async ({ signal }) => {
    const versions = await all<VersionOut>(
      async cursor =>
        (await listThresholds({ query: { limit: PAGE, ...(cursor && { cursor }) }, signal })).data,
    )
    return versions.filter(one => one.state === 'active')
  },
  staleTime: Infinity,
  gcTime: 0,
})

export const meterLimitsQuery = queryOptions({
  queryKey: [{ _id: 'listEffectiveMeterLimits' }],
  queryFn: async ({ signal }) => (await listEffectiveMeterLimits({ signal })).data.items,
})

/** The same, read afresh whenever a form opens. */
export const meterLimitsNowQuery = queryOptions({
  queryKey: [{ _id: 'listEffectiveMeterLimits', state: 'now' }],
  queryFn: async ({ signal }) => (await listEffectiveMeterLimits({ signal })).data.items,
  staleTime: Infinity,
  gcTime: 0,
})

export const meterVersionsQuery = infiniteQueryOptions({
  queryKey: [{ _id: 'listMeterLimits' }],
  queryFn: async ({ pageParam, signal }) =>
    (await listMeterLimits({ query: { limit: PAGE, ...(pageParam && { cursor: pageParam }) }, signal })).data,
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
})

export type Draft = Pick<NewVersion, 'location_id' | 'product_id' | 'thresholds'>

/** What a draft would change; from: the first business date that is tried. */
export function backtestQuery(draft: Draft | null, from: string) {
  const body: NewBacktest | null = draft && { ...draft, from }
  return infiniteQueryOptions({
    queryKey: [{ _id: 'backtestThresholds', body }],
    queryFn: async ({ pageParam, signal }) => {
      if (!body) throw new Error('asked without a draft')
      const query = { limit: CHANGED, ...(pageParam && { cursor: pageParam }) }
      return (await backtestThresholds({ body, query, signal })).data
    },
    enabled: body !== null,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    retry: false,
  })
}
