import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  exportCases,
  getCase,
  getCaseAttachment,
  listCaseAssignees,
  listCaseComments,
  listCaseHistory,
  listCases,
  listCustomers,
  listRegisterReads,
  sizeCasesExport,
  summariseCases,
  type CaseOut,
} from '@/api'
import type { Exporting } from '@/app/ExportTool'
import { fileName, save } from '@/lib/file'

export interface Filters {
  q?: string
  /** `me`, `none`, or a person's id. */
  assignee?: string
  priority?: CaseOut['priority']
  type?: CaseOut['type']
  domain?: CaseOut['domain']
  rayon?: string
  overdue?: boolean
  /** In the table only: a board shows every status. */
  status?: CaseOut['status']
}

export function asked({ q, assignee, priority, type, domain, rayon, overdue, status }: Filters) {
  return {
    ...(q && { q }),
    ...(assignee === 'me' ? { mine: true } : assignee && { assignee_id: assignee }),
    ...(priority && { priority: [priority] }),
    ...(type && { type: [type] }),
    ...(domain && { domain }),
    ...(rayon && { rayon }),
    ...(overdue && { overdue }),
    ...(status && { status: [status] }),
  }
}

export function casesQuery(filters: Filters, limit = 50) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listCases', limit, ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listCases({
          query: { limit, ...asked(filters), ...(pageParam && { cursor: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export function summaryQuery(filters: Filters) {
  return queryOptions({
    queryKey: [{ _id: 'summariseCases', ...filters }],
    queryFn: async ({ signal }) => (await summariseCases({ query: asked(filters), signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function caseQuery(id: string) {
  return queryOptions({
    queryKey: [{ _id: 'getCase', id }],
    queryFn: async ({ signal }) => (await getCase({ path: { case_id: id }, signal })).data,
  })
}

export const assigneesQuery = queryOptions({
  queryKey: [{ _id: 'listCaseAssignees' }],
  queryFn: async ({ signal }) => (await listCaseAssignees({ signal })).data.items,
  staleTime: 5 * 60_000,
})

export function commentsQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listCaseComments', id }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listCaseComments({
          path: { case_id: id },
          query: { limit: 20, ...(pageParam && { cursor: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
}

export function historyQuery(id: string) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listCaseHistory', id }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listCaseHistory({
          path: { case_id: id },
          query: { limit: 20, ...(pageParam && { cursor: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
}

/** Customers that a part of a number or a name may mean. */
export function customersLikeQuery(q: string) {
  return queryOptions({
    queryKey: [{ _id: 'listCustomers', like: q }],
    queryFn: async ({ signal }) => (await listCustomers({ query: { q, limit: 6 }, signal })).data.items,
    enabled: q.length >= 3,
    placeholderData: keepPreviousData,
  })
}

export function casesExport(filters: Filters): Exporting {
  const query = asked(filters)
  return {
    what: { of: 'cases', ...filters },
    filtered: Object.keys(filters).length > 0,
    size: async signal => (await sizeCasesExport({ query, signal })).data,
    fetch: async format => (await exportCases({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

export async function saveAttachment(
  caseId: string,
  attachment: { id: string; name: string },
): Promise<void> {
  const { response } = await getCaseAttachment({
    path: { case_id: caseId, attachment_id: attachment.id },
    parseAs: 'stream',
  })
  save(fileName(response, attachment.name), await response.blob())
}

/** The newest periods of a customer's register: what a stand read on site may correct. */
export function readsQuery(nomen: string) {
  return queryOptions({
    queryKey: [{ _id: 'listRegisterReads', nomen }],
    queryFn: async ({ signal }) =>
      (await listRegisterReads({ path: { nomen }, query: { limit: 12 }, signal })).data.items,
  })
}
