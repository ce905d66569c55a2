import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { listAudit, type AuditOut } from '@/api'
import { Listing, useSelection } from '@/app/Listing'
import { moment } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { Empty } from '@/ui/States'
import { deedWords } from './deeds'

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
  const selection = useSelection()
  return (
    <Listing
      table="audit"
      label={t`Jejak audit`}
      list={list}
      failure={<Trans>Jejak audit belum bisa dimuat.</Trans>}
      columns={columns}
      rows={rows}
      rowId={row => row.id}
      rowName={row => `${deedWords(row.action)}, ${moment(row.at)}`}
      card={row => <AuditCard entry={row} />}
      filtered={false}
      onClear={() => undefined}
      empty={
        <Empty title={<Trans>Belum ada jejak.</Trans>}>
          <Trans>Setiap perubahan pada orang, peran, dan kunci dicatat di sini.</Trans>
        </Empty>
      }
      selection={selection}
    />
  )
}

const columns: readonly Column<AuditOut>[] = [
  {
    id: 'at',
    header: msg`Waktu`,
    text: row => row.at,
    cell: row => moment(row.at),
    meta: { width: '12rem' },
  },
  { id: 'actor', header: msg`Siapa`, text: row => row.actor_name ?? row.actor_id },
  { id: 'action', header: msg`Tindakan`, text: row => deedWords(row.action) },
  {
    id: 'on',
    header: msg`Pada`,
    text: row => `${row.resource_type} ${row.resource_id}`,
    cell: row => (
      <span className="text-muted">
        {row.resource_type} <code className="text-xs">{row.resource_id}</code>
      </span>
    ),
  },
  { id: 'ip', header: msg`Alamat IP`, text: row => row.ip, meta: { width: '9rem' } },
]

function AuditCard({ entry }: { entry: AuditOut }) {
  return (
    <span className="flex flex-col gap-0.5 text-sm">
      <span className="font-medium">{deedWords(entry.action)}</span>
      <span>{entry.actor_name ?? entry.actor_id}</span>
      <span className="text-xs text-muted">
        {moment(entry.at)} · {entry.ip}
      </span>
    </span>
  )
}
