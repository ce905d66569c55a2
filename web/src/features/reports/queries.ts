import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { listReports, listReportSchedules, listUsers } from '@/api'

const FOLLOW_MS = 1_000
const MAILS_MS = 5_000

/** Reports, newest first; while one is being made, how far it is. */
export const reportsQuery = infiniteQueryOptions({
  queryKey: [{ _id: 'listReports' }],
  queryFn: async ({ pageParam, signal }) =>
    (await listReports({ query: { limit: 50, ...(pageParam && { cursor: pageParam }) }, signal })).data,
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) => {
    const items = (state.data?.pages ?? []).flatMap(page => page.items)
    if (items.some(one => one.state === 'waiting')) return FOLLOW_MS
    // A mail server that is away is asked again for an hour and more.
    return items.some(one => one.mails.some(mail => mail.state === 'waiting')) ? MAILS_MS : false
  },
})

export const schedulesQuery = queryOptions({
  queryKey: [{ _id: 'listReportSchedules' }],
  queryFn: async ({ signal }) => (await listReportSchedules({ query: { limit: 200 }, signal })).data.items,
})

export const membersQuery = queryOptions({
  queryKey: [{ _id: 'listUsers', of: 'recipients' }],
  queryFn: async ({ signal }) => (await listUsers({ query: { limit: 500 }, signal })).data.items,
})
