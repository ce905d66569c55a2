import { msg } from '@lingui/core/macro'
import { i18n } from '@lingui/core'
import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi } from '@tanstack/react-router'
import { Contact, Plus } from 'lucide-react'
import { lazy, useMemo, useState } from 'react'
import type { CustomerRecord } from '@/api'
import { ExportTool } from '@/app/ExportTool'
import { Listing, useSelection } from '@/app/Listing'
import { useOrderable } from '@/app/ordering'
import { useMay } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { tidy } from '@/lib/search'
import { Button } from '@/ui/Button'
import type { Column } from '@/ui/columns'
import { FilterBar } from '@/ui/FilterBar'
import { OnDemand } from '@/ui/OnDemand'
import { Narrowed } from '@/ui/Narrowed'
import { Page } from '@/ui/Page'
import { PrintTool } from '@/ui/PrintTool'
import { SearchField } from '@/ui/SearchField'
import { Empty } from '@/ui/States'
import { ActiveTag } from '@/app/ActiveTag'
import { useFollowingImports } from './following'
import { ToImports } from './parts'
import { customersExport, customersQuery, type CustomerFilters } from './queries'

const ScopeFields = lazy(() => import('./ScopeFields'))
const CustomerDialog = lazy(() => import('./CustomerDialog'))
const CustomerDrawer = lazy(() => import('./CustomerDrawer'))
const route = getRouteApi('/_app/customers')
const FIGURES = ['getCustomer', 'getCustomerTimeline']
const LISTS = ['listCustomers']

export function CustomersPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const { q, rayon } = filters
  const navigate = route.useNavigate()
  const { list, asked } = useOrderable(limit => customersQuery(filters, limit))
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const selection = useSelection()
  const mayAdd = useMay('customers', 'c')
  const [adding, setAdding] = useState(false)
  useFollowingImports(FIGURES, LISTS, id !== undefined || selection.ids.size > 0 || asked.order !== undefined)
  const change = (next: CustomerFilters) => void navigate({ search: next, replace: true })
  return (
    <Page
      title={t`Pelanggan`}
      lead={
        <Trans>
          Cari pelanggan, lalu lihat pembacaan, tagihan, dan pembayarannya dalam satu garis waktu.
        </Trans>
      }
      actions={
        mayAdd && (
          <Button
            look="primary"
            data-new
            icon={<Plus aria-hidden className="size-4" />}
            onClick={() => setAdding(true)}
          >
            <Trans>Pelanggan baru</Trans>
          </Button>
        )
      }
    >
      <FilterBar
        active={rayon ? 1 : 0}
        onClear={() => change(q ? { q } : {})}
        chips={
          <SearchField
            label={t`Cari nomor, nama, atau alamat`}
            value={q ?? ''}
            onChange={typed => change(tidy({ ...filters, q: typed || undefined }))}
          />
        }
        aside={
          <>
            <ExportTool {...customersExport(filters)} />
            <PrintTool />
            <TableTools table="customers" columns={columns} selection={selection} />
          </>
        }
      >
        <ScopeFields
          withPeriod={false}
          scope={rayon ? { rayon } : {}}
          onChange={next => change(tidy({ ...filters, rayon: next.rayon }))}
        />
      </FilterBar>
      <Narrowed by={[q, rayon && t`Rayon ${rayon}`]} />
      <Listing
        table="customers"
        label={t`Pelanggan`}
        list={list}
        asked={asked}
        failure={<Trans>Daftar pelanggan belum bisa dimuat.</Trans>}
        columns={columns}
        rows={rows}
        rowId={row => row.nomen}
        rowName={row => `${row.name}, ${row.nomen}`}
        onOpen={row => void navigate({ search: { ...filters, id: row.nomen } })}
        openId={id}
        card={row => <CustomerCard customer={row} />}
        filtered={Object.keys(filters).length > 0}
        onClear={() => change({})}
        empty={
          <Empty
            icon={<Contact aria-hidden />}
            title={<Trans>Belum ada pelanggan.</Trans>}
            action={<ToImports />}
          >
            <Trans>Pelanggan datang dari berkas MC, dan muncul di sini begitu berkasnya disimpan.</Trans>
          </Empty>
        }
        selection={selection}
      />
      <OnDemand wanted={id !== undefined}>
        <CustomerDrawer nomen={id} onClose={() => void navigate({ search: filters })} />
      </OnDemand>
      <OnDemand wanted={adding}>
        <CustomerDialog
          open={adding}
          onClose={() => setAdding(false)}
          onDone={nomen => {
            setAdding(false)
            void navigate({ search: { ...filters, id: nomen } })
          }}
        />
      </OnDemand>
    </Page>
  )
}

const columns: readonly Column<CustomerRecord>[] = [
  {
    id: 'name',
    header: msg`Nama`,
    text: row => row.name || row.nomen,
    rank: row => row.name || null,
    meta: { width: '22%' },
  },
  {
    id: 'nomen',
    header: msg`Nomor`,
    text: row => row.nomen,
    rank: row => row.nomen,
    meta: { width: '8rem' },
  },
  { id: 'address', header: msg`Alamat`, text: row => row.address, rank: row => row.address || null },
  {
    id: 'rayon',
    header: msg`Rayon`,
    text: row => row.rayon,
    rank: row => row.rayon || null,
    meta: { width: '6rem' },
  },
  {
    id: 'class',
    header: msg`Golongan`,
    text: row => row.usage_class,
    rank: row => row.usage_class || null,
    meta: { width: '8rem' },
  },
  { id: 'serial', header: msg`Nomor meter`, text: row => row.serial, meta: { width: '9rem' } },
  {
    id: 'active',
    header: msg`Keadaan`,
    text: row => i18n._(row.is_active ? msg`Aktif` : msg`Nonaktif`),
    cell: row => <ActiveTag active={row.is_active} />,
    meta: { width: '7.5rem' },
  },
]

function CustomerCard({ customer }: { customer: CustomerRecord }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate">{customer.name || customer.nomen}</span>
        {!customer.is_active && <ActiveTag active={false} />}
      </span>
      <span className="font-normal tabular">
        {customer.nomen} ·{' '}
        <span className="text-muted">
          <Trans>Rayon {customer.rayon}</Trans>
        </span>
      </span>
      <span className="text-xs font-normal whitespace-normal text-muted">{customer.address}</span>
    </span>
  )
}
