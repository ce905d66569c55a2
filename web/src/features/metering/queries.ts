import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  comparePeriods,
  compareRayons,
  exportArrears,
  exportCollections,
  exportCustomers,
  exportDaily,
  exportMeterAnomalies,
  exportPeriods,
  followDays,
  getArrears,
  getCollection,
  getCustomer,
  getCustomerTimeline,
  getKpiData,
  getMeterHistory,
  getRegisterRead,
  listCustomers,
  listMeterAnomalies,
  listScopes,
  proposeMissingRead,
  sizeArrearsExport,
  sizeCollectionsExport,
  sizeCustomersExport,
  sizeDailyExport,
  sizeMeterExport,
  sizePeriodsExport,
  summariseMeterAnomalies,
  type Kind,
  type Tag,
} from '@/api'
import { refetch } from '@/app/client'
import type { Exporting } from '@/app/ExportTool'

export interface Scope {
  /** Absent: the newest one. */
  period?: string
  /** Absent: all of them. */
  rayon?: string
}

export interface MeterFilters extends Scope {
  kind?: Kind
  tag?: Tag
}

export interface CustomerFilters {
  q?: string
  rayon?: string
}

/** A payment as it stands when its form opens; what is typed there is about this, and forgotten with it. */
export function paymentQuery(id: string) {
  return queryOptions({
    queryKey: [{ _id: 'getCollection', id }],
    queryFn: async ({ signal }) => (await getCollection({ path: { payment_id: id }, signal })).data,
    staleTime: Infinity,
    gcTime: 0,
  })
}

/** A payment was entered, changed or taken back: what tells of it or counts it is old. */
export function refetchPaid(): void {
  refetch('getCustomerTimeline', 'getCustomer', 'getKpiData', 'getArrears')
  refetch('comparePeriods', 'compareRayons', 'followDays')
}

/** Every billed period and every rayon of now: what there is to choose from. */
export const scopesQuery = queryOptions({
  queryKey: [{ _id: 'listScopes' }],
  queryFn: async ({ signal }) => (await listScopes({ signal })).data,
  staleTime: 5 * 60_000,
})

export function meterSummaryQuery(scope: Scope) {
  return queryOptions({
    queryKey: [{ _id: 'summariseMeterAnomalies', ...scope }],
    queryFn: async ({ signal }) => (await summariseMeterAnomalies({ query: scope, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function meterQuery({ kind, tag, ...scope }: MeterFilters, limit = 100) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listMeterAnomalies', limit, kind, tag, ...scope }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listMeterAnomalies({
          query: {
            limit,
            ...scope,
            ...(kind && { kind: [kind] }),
            ...(tag && { tag: [tag] }),
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

/** As many customers as are looked up at once. */
export const NAMES = 100

/** Who customers are, by number, of whom there are NAMES at most. */
export function namesQuery(nomens: readonly string[]) {
  return queryOptions({
    queryKey: [{ _id: 'listCustomers', nomens }],
    queryFn: async ({ signal }) =>
      (await listCustomers({ query: { limit: nomens.length, nomen: [...nomens] }, signal })).data.items,
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

export function meterHistoryQuery(nomen: string) {
  return queryOptions({
    queryKey: [{ _id: 'getMeterHistory', nomen }],
    queryFn: async ({ signal }) => (await getMeterHistory({ path: { nomen }, signal })).data,
  })
}

export function registerReadQuery(nomen: string, period: string) {
  return queryOptions({
    queryKey: [{ _id: 'getRegisterRead', nomen, period }],
    queryFn: async ({ signal }) => (await getRegisterRead({ path: { nomen, period }, signal })).data,
  })
}

/** What a register would have shown in a period that nobody read. readDate '': on the usual day. */
export function missingReadQuery(nomen: string, period: string, readDate: string) {
  return queryOptions({
    queryKey: [{ _id: 'proposeMissingRead', nomen, period, readDate }],
    queryFn: async ({ signal }) =>
      (
        await proposeMissingRead({
          path: { nomen, period },
          query: { ...(readDate && { read_date: readDate }) },
          signal,
        })
      ).data,
  })
}

export function customersQuery(filters: CustomerFilters, limit = 100) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listCustomers', limit, ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listCustomers({
          query: { limit, ...filters, ...(pageParam && { cursor: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export function customerQuery(nomen: string) {
  return queryOptions({
    queryKey: [{ _id: 'getCustomer', nomen }],
    queryFn: async ({ signal }) => (await getCustomer({ path: { nomen }, signal })).data,
  })
}

export function timelineQuery(nomen: string) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'getCustomerTimeline', nomen }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await getCustomerTimeline({
          path: { nomen },
          query: { limit: 100, ...(pageParam && { before: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_before ?? undefined,
  })
}

/** The newest 500 things that happened at a customer. */
export function happenedQuery(nomen: string) {
  return queryOptions({
    queryKey: [{ _id: 'getCustomerTimeline', nomen, newest: 500 }],
    queryFn: async ({ signal }) =>
      (await getCustomerTimeline({ path: { nomen }, query: { limit: 500 }, signal })).data.items,
  })
}

export function kpiQuery(scope: Scope) {
  return queryOptions({
    queryKey: [{ _id: 'getKpiData', ...scope }],
    queryFn: async ({ signal }) => (await getKpiData({ query: scope, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function rayonsQuery(period: string | undefined) {
  return queryOptions({
    queryKey: [{ _id: 'compareRayons', period }],
    queryFn: async ({ signal }) =>
      (await compareRayons({ query: { ...(period && { period }) }, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function daysQuery(scope: Scope) {
  return queryOptions({
    queryKey: [{ _id: 'followDays', ...scope }],
    queryFn: async ({ signal }) => (await followDays({ query: scope, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function arrearsQuery(scope: Scope) {
  return queryOptions({
    queryKey: [{ _id: 'getArrears', ...scope }],
    queryFn: async ({ signal }) => (await getArrears({ query: scope, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export interface Span {
  /** Absent: eleven periods before the last. */
  from?: string
  /** Absent: the newest one billed. */
  to?: string
  rayon?: string
  /** Each rayon apart. */
  by?: 'rayon'
}

export function periodsQuery(span: Span) {
  return queryOptions({
    queryKey: [{ _id: 'comparePeriods', ...span }],
    queryFn: async ({ signal }) => (await comparePeriods({ query: span, signal })).data,
    placeholderData: keepPreviousData,
  })
}

export function meterExport({ kind, tag, ...scope }: MeterFilters): Exporting {
  const query = { ...scope, ...(kind && { kind: [kind] }), ...(tag && { tag: [tag] }) }
  return {
    what: { of: 'meter', kind, tag, ...scope },
    filtered: kind !== undefined || tag !== undefined || Object.keys(scope).length > 0,
    size: async signal => (await sizeMeterExport({ query, signal })).data,
    fetch: async format =>
      (await exportMeterAnomalies({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

export function customersExport(query: CustomerFilters): Exporting {
  return {
    what: { of: 'customers', ...query },
    filtered: Object.keys(query).length > 0,
    size: async signal => (await sizeCustomersExport({ query, signal })).data,
    fetch: async format =>
      (await exportCustomers({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

/** The payments of a period. */
export function paymentsExport(query: { period: string; rayon?: string }): Exporting {
  return {
    what: { of: 'collections', ...query },
    filtered: true,
    size: async signal => (await sizeCollectionsExport({ query, signal })).data,
    fetch: async format =>
      (await exportCollections({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

/** What was billed and paid in each period. */
export function periodsExport(query: Span): Exporting {
  return {
    what: { of: 'periods', ...query },
    filtered: Object.keys(query).length > 0,
    size: async signal => (await sizePeriodsExport({ query, signal })).data,
    fetch: async format => (await exportPeriods({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

/** How a period is paid, day by day. */
export function daysExport(query: Scope): Exporting {
  return {
    what: { of: 'days', ...query },
    filtered: true,
    size: async signal => (await sizeDailyExport({ query, signal })).data,
    fetch: async format => (await exportDaily({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}

/** What is owed as of a period, by its age. */
export function arrearsExport(query: Scope): Exporting {
  return {
    what: { of: 'arrears', ...query },
    filtered: true,
    size: async signal => (await sizeArrearsExport({ query, signal })).data,
    fetch: async format => (await exportArrears({ query: { ...query, format }, parseAs: 'stream' })).response,
  }
}
