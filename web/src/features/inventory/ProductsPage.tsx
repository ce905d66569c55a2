import { Trans, useLingui } from '@lingui/react/macro'
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Package, Plus } from 'lucide-react'
import { lazy } from 'react'
import { listProducts, type ProductRecord } from '@/api'
import { useMay } from '@/app/session'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty, Failed, NoMatch, Skeleton } from '@/ui/States'
import { activeOf, SearchBar, type Filters } from './SearchBar'
import { ActiveTag } from './ActiveTag'
import { ProductKindName } from './words'

const ProductDrawer = lazy(() => import('./ProductDrawer'))
const route = getRouteApi('/_app/products')

export function ProductsPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const mayAdd = useMay('products', 'c')
  const list = useInfiniteQuery({
    queryKey: [{ _id: 'listProducts', ...filters }],
    queryFn: async ({ pageParam, signal }) =>
      (
        await listProducts({
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
      title={t`Produk`}
      lead={<Trans>BBM dan barang lain yang dicatat.</Trans>}
      actions={
        mayAdd && (
          <Button look="primary" icon={<Plus aria-hidden className="size-4" />} onClick={() => open('new')}>
            <Trans>Tambah produk</Trans>
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
          label={t`Produk`}
          columns={columns}
          rows={rows}
          rowId={row => row.id}
          rowName={row => row.name}
          onOpen={row => open(row.id)}
          openId={id}
          card={row => <ProductCard product={row} />}
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
          icon={<Package aria-hidden />}
          title={<Trans>Belum ada produk.</Trans>}
          action={
            mayAdd && (
              <Button look="primary" onClick={() => open('new')}>
                <Trans>Tambah produk</Trans>
              </Button>
            )
          }
        >
          <Trans>
            Tambahkan BBM yang dipakai, misalnya Solar atau Pertalite. Riwayat dan baseline dihitung per
            lokasi dan produk.
          </Trans>
        </Empty>
      )}
      <OnDemand wanted={id !== undefined}>
        <ProductDrawer
          id={id}
          known={rows.find(row => row.id === id)}
          onClose={() => void navigate({ search: filters })}
        />
      </OnDemand>
    </Page>
  )
}

const columns: readonly Column<ProductRecord>[] = [
  { id: 'name', header: <Trans>Nama</Trans>, cell: row => row.name },
  { id: 'code', header: <Trans>Kode</Trans>, cell: row => row.code, meta: { width: '12rem' } },
  {
    id: 'kind',
    header: <Trans>Jenis</Trans>,
    cell: row => <ProductKindName kind={row.kind} />,
    meta: { width: '9rem' },
  },
  { id: 'unit', header: <Trans>Satuan</Trans>, cell: row => row.unit, meta: { width: '7rem' } },
  {
    id: 'state',
    header: <Trans>Keadaan</Trans>,
    cell: row => <ActiveTag active={row.is_active} />,
    meta: { width: '8rem' },
  },
]

function ProductCard({ product }: { product: ProductRecord }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="truncate">{product.name}</span>
        <ActiveTag active={product.is_active} />
      </span>
      <span className="font-normal text-muted">
        {product.code} · <ProductKindName kind={product.kind} /> · {product.unit}
      </span>
    </span>
  )
}
