import { Trans, useLingui } from '@lingui/react/macro'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { MapPin, Plus } from 'lucide-react'
import { lazy } from 'react'
import { listLocations, type LocationRecord } from '@/api'
import { useMay } from '@/app/session'
import { zoneName } from '@/lib/format'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty, Failed, NoMatch, Skeleton } from '@/ui/States'
import { ActiveTag } from './ActiveTag'
import { activeOf, SearchBar, type Filters } from './SearchBar'
import { LocationType } from './words'

const LocationDrawer = lazy(() => import('./LocationDrawer'))
const route = getRouteApi('/_app/locations')

export function LocationsPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const mayAdd = useMay('locations', 'c')
  const list = useInfiniteQuery({
    queryKey: [{ _id: 'listLocations', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listLocations({
          query: {
            limit: 100,
            ...activeOf(filters),
            ...(filters.q && { q: filters.q }),
            ...(pageParam && { cursor: pageParam }),
          },
          signal,
        })
      ).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  })
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const narrowed = Object.keys(filters).length > 0
  const change = (next: Filters) => void navigate({ search: next, replace: true })
  const open = (next: string) => void navigate({ search: { ...filters, id: next } })
  return (
    <Page
      title={t`Lokasi`}
      lead={<Trans>Depot, gudang, dan tempat lain yang memakai BBM.</Trans>}
      actions={
        mayAdd && (
          <Button look="primary" icon={<Plus aria-hidden className="size-4" />} onClick={() => open('new')}>
            <Trans>Tambah lokasi</Trans>
          </Button>
        )
      }
    >
      <SearchBar filters={filters} onChange={change} />
      {list.isPending ? (
        <Skeleton lines={8} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length > 0 ? (
        <DataTable
          label={t`Lokasi`}
          columns={columns}
          rows={rows}
          rowId={row => row.id}
          rowName={row => row.name}
          onOpen={row => open(row.id)}
          openId={id}
          card={row => <LocationCard location={row} />}
          more={{
            has: list.hasNextPage,
            busy: list.isFetchingNextPage,
            load: () => void list.fetchNextPage(),
          }}
        />
      ) : narrowed ? (
        <NoMatch onClear={() => change({})} />
      ) : (
        <Empty
          icon={<MapPin aria-hidden />}
          title={<Trans>Belum ada lokasi.</Trans>}
          action={
            mayAdd && (
              <Button look="primary" onClick={() => open('new')}>
                <Trans>Tambah lokasi</Trans>
              </Button>
            )
          }
        >
          <Trans>
            Setiap catatan BBM menyebut lokasinya. Riwayat dan baseline dihitung per lokasi dan produk.
          </Trans>
        </Empty>
      )}
      <OnDemand wanted={id !== undefined}>
        <LocationDrawer
          id={id}
          known={rows.find(row => row.id === id)}
          onClose={() => void navigate({ search: filters })}
        />
      </OnDemand>
    </Page>
  )
}

const columns: readonly Column<LocationRecord>[] = [
  { id: 'name', header: <Trans>Nama</Trans>, cell: row => row.name },
  { id: 'code', header: <Trans>Kode</Trans>, cell: row => row.external_code ?? '–', meta: { width: '9rem' } },
  {
    id: 'type',
    header: <Trans>Jenis</Trans>,
    cell: row => <LocationType type={row.type} />,
    meta: { width: '9rem' },
  },
  {
    id: 'zone',
    header: <Trans>Zona waktu</Trans>,
    cell: row => zoneName(row.timezone),
    meta: { width: '8rem' },
  },
  { id: 'manager', header: <Trans>Penanggung jawab</Trans>, cell: row => row.manager ?? '–' },
  {
    id: 'state',
    header: <Trans>Keadaan</Trans>,
    cell: row => <ActiveTag active={row.is_active} />,
    meta: { width: '8rem' },
  },
]

function LocationCard({ location }: { location: LocationRecord }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="truncate">{location.name}</span>
        <ActiveTag active={location.is_active} />
      </span>
      <span className="font-normal text-muted">
        <LocationType type={location.type} /> · {zoneName(location.timezone)}
        {location.external_code && ` · ${location.external_code}`}
      </span>
    </span>
  )
}
