import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { lazy } from 'react'
import type { AuditOut } from '@/api'
import { ExportTool } from '@/app/ExportTool'
import { Listing, useSelection } from '@/app/Listing'
import { TableTools } from '@/app/TableTools'
import { moment } from '@/lib/format'
import { tidy } from '@/lib/search'
import type { Column } from '@/ui/columns'
import { FilterBar } from '@/ui/FilterBar'
import { Page } from '@/ui/Page'
import { Empty } from '@/ui/States'
import { deedWords } from './deeds'
import { auditExport, auditQuery } from './queries'

const Filters = lazy(() => import('./Filters'))
const route = getRouteApi('/_app/audit')

export function AuditPage() {
  const { t } = useLingui()
  const filters = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(auditQuery(filters))
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const selection = useSelection()
  const active = Object.keys(filters).length
  const clear = () => void navigate({ search: {}, replace: true })
  return (
    <Page
      title={t`Jejak audit`}
      lead={<Trans>Siapa berbuat apa terhadap orang, peran, kunci, impor, lokasi, dan pengaturan.</Trans>}
    >
      <FilterBar
        active={active}
        onClear={clear}
        aside={
          <>
            <ExportTool {...auditExport(filters)} />
            <TableTools table="audit" columns={columns} selection={selection} />
          </>
        }
      >
        <Filters
          filters={filters}
          onChange={next => void navigate({ search: tidy({ ...next }), replace: true })}
        />
      </FilterBar>
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
        filtered={active > 0}
        onClear={clear}
        empty={
          <Empty title={<Trans>Belum ada jejak.</Trans>}>
            <Trans>Setiap perubahan pada orang, kunci, impor, lokasi, dan pengaturan dicatat di sini.</Trans>
          </Empty>
        }
        selection={selection}
      />
    </Page>
  )
}

const columns: readonly Column<AuditOut>[] = [
  {
    id: 'at',
    header: msg`Waktu`,
    text: row => row.at,
    cell: row => moment(row.at),
    meta: { width: '14rem' },
  },
  { id: 'actor', header: msg`Siapa`, text: row => row.actor_name ?? row.actor_id },
  { id: 'action', header: msg`Tindakan`, text: row => deedWords(row.action) },
  {
    id: 'on',
    header: msg`Objek`,
    // What kind of thing it is, the deed says; a file holds the whole code.
    text: row => nameOf(row) ?? row.resource_id,
    cell: row => (
      <span className="text-muted">
        {nameOf(row) ?? (
          <code className="text-xs" title={row.resource_id}>{`…${row.resource_id.slice(-6)}`}</code>
        )}
      </span>
    ),
  },
  { id: 'ip', header: msg`Alamat IP`, text: row => row.ip, meta: { width: '9rem' } },
]

/** What it was done to is called, where the entry says so. */
function nameOf({ detail }: AuditOut): string | null {
  const name = detail.name ?? detail.file_name
  return typeof name === 'string' ? name : null
}

function AuditCard({ entry }: { entry: AuditOut }) {
  return (
    <span className="flex flex-col gap-0.5 text-sm">
      <span className="font-medium">{deedWords(entry.action)}</span>
      <span>{entry.actor_name ?? entry.actor_id}</span>
      <span className="text-xs text-muted">
        {[moment(entry.at), nameOf(entry), entry.ip].filter(Boolean).join(' · ')}
      </span>
    </span>
  )
}
