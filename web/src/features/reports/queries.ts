import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { listReports, listReportSchedules, listUsers, type ReportOut } from '@/api'

const FOLLOW_MS = 1_000

/** Reports, newest first; while one is being made, how far it is. */
export const reportsQuery = infiniteQueryOptions({
  queryKey: [{ _id: 'listReports' }],
  queryFn: async ({ pageParam, signal }) =>
    (await listReports({ query: { limit: 50, ...(pageParam && { cursor: pageParam }) }, signal })).data,
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) =>
    state.data?.pages.some(page => page.items.some(isUnderWay)) ? FOLLOW_MS : false,
})

function isUnderWay(report: ReportOut): boolean {
  return report.state === 'waiting' || report.mails.some(mail => mail.state === 'waiting')
}

export const schedulesQuery = queryOptions({
  queryKey: [{ _id: 'listReportSchedules' }],
  queryFn: async ({ signal }) => (await listReportSchedules({ query: { limit: 200 }, signal })).data.items,
})

export const membersQuery = queryOptions({
  queryKey: [{ _id: 'listUsers', of: 'recipients' }],
  queryFn: async ({ signal }) => (await listUsers({ query: { limit: 500 }, signal })).data.items,
})
