import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { listAudit, type AuditOut } from '@/api'
import { moment } from '@/lib/format'
import { DataTable, type Column } from '@/ui/DataTable'
import { Empty, Failed, Skeleton } from '@/ui/States'

export default function AuditTab() {
  const { t } = useLingui()
  const list = useInfiniteQuery({
    queryKey: [{ _id: 'listAudit' }],
    queryFn: async ({ pageParam, signal }) =>
      (await listAudit({ query: { limit: 100, ...(pageParam && { cursor: pageParam }) }, signal })).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  if (list.isPending) return <Skeleton />
  if (list.isError && !list.data) {
    return (
      <Failed
        what={<Trans>Jejak audit belum bisa dimuat.</Trans>}
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    )
  }
  if (rows.length === 0) {
    return (
      <Empty title={<Trans>Belum ada jejak.</Trans>}>
        <Trans>Setiap perubahan pada orang, peran, dan kunci dicatat di sini.</Trans>
      </Empty>
    )
  }
  return (
    <DataTable
      label={t`Jejak audit`}
      columns={columns}
      rows={rows}
      rowId={row => row.id}
      rowName={row => row.action}
      card={row => <AuditCard entry={row} />}
      more={{ has: list.hasNextPage, busy: list.isFetchingNextPage, load: () => void list.fetchNextPage() }}
    />
  )
}

const columns: readonly Column<AuditOut>[] = [
  { id: 'at', header: <Trans>Waktu</Trans>, cell: row => moment(row.at), meta: { width: '12rem' } },
  { id: 'actor', header: <Trans>Siapa</Trans>, cell: row => row.actor_name ?? row.actor_id },
  {
    id: 'action',
    header: <Trans>Tindakan</Trans>,
    cell: row => <code className="text-xs">{row.action}</code>,
  },
  {
    id: 'on',
    header: <Trans>Pada</Trans>,
    cell: row => (
      <span className="text-muted">
        {row.resource_type} <code className="text-xs">{row.resource_id}</code>
      </span>
    ),
  },
  { id: 'ip', header: <Trans>Alamat IP</Trans>, cell: row => row.ip, meta: { width: '9rem' } },
]

function AuditCard({ entry }: { entry: AuditOut }) {
  return (
    <span className="flex flex-col gap-0.5 text-sm">
      <code className="text-xs">{entry.action}</code>
      <span>{entry.actor_name ?? entry.actor_id}</span>
      <span className="text-xs text-muted">
        {moment(entry.at)} · {entry.ip}
      </span>
    </span>
  )
}
