import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query'
import { exportAudit, listAudit, sizeAuditExport } from '@/api'
import type { Exporting } from '@/app/ExportTool'

export interface Filters {
  action?: string
  actor?: string
  from?: string
  to?: string
}

function asked({ action, actor, from, to }: Filters) {
  return {
    ...(action && { action }),
    ...(actor && { actor_id: actor }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

export function auditQuery(filters: Filters) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listAudit', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listAudit({
          query: { limit: 100, ...asked(filters), ...(pageParam && { cursor: pageParam }) },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
}

export function auditExport(filters: Filters): Exporting {
  return {
    what: { of: 'audit', ...filters },
    filtered: Object.keys(filters).length > 0,
    size: async signal => (await sizeAuditExport({ query: asked(filters), signal })).data,
    fetch: async format =>
      (await exportAudit({ query: { ...asked(filters), format }, parseAs: 'stream' })).response,
  }
}
