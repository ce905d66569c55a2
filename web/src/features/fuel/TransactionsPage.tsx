import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Fuel, Plus } from 'lucide-react'
import { lazy, useMemo, useState } from 'react'
import { voidFuelTransaction, type FactRecord } from '@/api'
import { useCatalogue, type Catalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { narrowed, NarrowingFields } from '@/app/narrowing'
import { useMay } from '@/app/session'
import { sentenceOf } from '@/lib/form'
import { date, moment, quantity } from '@/lib/format'
import { undoable } from '@/lib/undo'
import { buttonLook } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty, Failed, NoMatch, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { toast } from '@/ui/Toast'
import { transactionsQuery, type Filters } from './queries'

const TransactionDrawer = lazy(() => import('./TransactionDrawer'))
const route = getRouteApi('/_app/fuel/transactions')
const UNDO_MS = 7_000

export function TransactionsPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const catalogue = useCatalogue()
  const mayRecord = useMay('fuel.transactions', 'c')
  const list = useInfiniteQuery(transactionsQuery(filters))
  const { voiding, voidLater } = useVoiding(catalogue)
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const columns = useMemo(() => columnsFor(catalogue, voiding), [catalogue, voiding])
  const active = Object.keys(filters).length
  const change = (next: Filters) => void navigate({ search: next, replace: true })
  const nameOf = (fact: FactRecord) =>
    `${catalogue.locationOf.get(fact.location_id)?.name ?? ''}, ${date(fact.date)}`
  return (
    <Page
      title={t`Transaksi`}
      lead={<Trans>Semua pemakaian BBM yang tercatat, terbaru di atas.</Trans>}
      actions={
        mayRecord && (
          <Link to="/fuel/new" className={buttonLook('primary')}>
            <Plus aria-hidden className="size-4" />
            <Trans>Catat BBM</Trans>
          </Link>
        )
      }
    >
      <FilterBar
        active={active}
        onClear={() => change({})}
        chips={<Chips filters={filters} onChange={change} />}
      >
        <NarrowingFields value={filters} onChange={(name, value) => change(narrowed(filters, name, value))} />
      </FilterBar>
      {list.isPending ? (
        <Skeleton lines={10} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length > 0 ? (
        <DataTable
          label={t`Transaksi`}
          columns={columns}
          rows={rows}
          rowId={fact => fact.id}
          rowName={nameOf}
          onOpen={fact => void navigate({ search: { ...filters, id: fact.id } })}
          openId={id}
          card={fact => <FactCard fact={fact} catalogue={catalogue} voiding={voiding.has(fact.id)} />}
          rowClassName={fact =>
            voiding.has(fact.id) || fact.status === 'voided' ? 'text-muted line-through' : undefined
          }
          more={{
            has: list.hasNextPage,
            busy: list.isFetchingNextPage,
            load: () => void list.fetchNextPage(),
          }}
        />
      ) : active > 0 ? (
        <NoMatch onClear={() => change({})} />
      ) : (
        <Empty
          icon={<Fuel aria-hidden />}
          title={<Trans>Belum ada transaksi.</Trans>}
          action={
            mayRecord && (
              <Link to="/fuel/new" className={buttonLook('primary')}>
                <Trans>Catat BBM</Trans>
              </Link>
            )
          }
        >
          <Trans>Catat BBM pertama Anda; hasilnya muncul di sini.</Trans>
        </Empty>
      )}
      <OnDemand wanted={id !== undefined}>
        <TransactionDrawer
          id={id}
          known={rows.find(fact => fact.id === id)}
          catalogue={catalogue}
          onClose={() => void navigate({ search: filters })}
          onVoid={fact => {
            voidLater(fact)
            void navigate({ search: filters })
          }}
        />
      </OnDemand>
    </Page>
  )
}

/** Voiding waits a moment, so that it can be taken back without a "Yakin?". */
function useVoiding(catalogue: Catalogue) {
  const { t } = useLingui()
  const [voiding, setVoiding] = useState<ReadonlySet<string>>(new Set())
  const settle = (id: string) => setVoiding(set => new Set([...set].filter(one => one !== id)))
  const voidLater = (fact: FactRecord) => {
    setVoiding(set => new Set([...set, fact.id]))
    const { undo } = undoable(() => {
      voidFuelTransaction({
        path: { transaction_id: fact.id },
        headers: { 'If-Match': `"${fact.version}"` },
        keepalive: true,
      })
        .catch((error: unknown) => toast({ text: sentenceOf(error) }))
        .finally(() => {
          settle(fact.id)
          refetch('listFuelTransactions', 'getFuelTransaction')
        })
    }, UNDO_MS)
    const volume = quantity(fact.volume_l, 'L')
    const location = catalogue.locationOf.get(fact.location_id)?.name ?? ''
    toast({
      text: t`Transaksi ${volume} di ${location} dibatalkan.`,
      forMs: UNDO_MS,
      action: {
        label: t`Urungkan`,
        onClick: () => {
          undo()
          settle(fact.id)
        },
      },
    })
  }
  return { voiding, voidLater }
}

function Chips({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const { status, ...rest } = filters
  return (
    <>
      <Chip pressed={status === undefined} onClick={() => onChange(rest)}>
        <Trans>Berlaku</Trans>
      </Chip>
      <Chip pressed={status === 'voided'} onClick={() => onChange({ ...rest, status: 'voided' })}>
        <Trans>Dibatalkan</Trans>
      </Chip>
      <Chip pressed={status === 'all'} onClick={() => onChange({ ...rest, status: 'all' })}>
        <Trans>Semua</Trans>
      </Chip>
    </>
  )
}

function columnsFor(catalogue: Catalogue, voiding: ReadonlySet<string>): readonly Column<FactRecord>[] {
  const place = (fact: FactRecord) => catalogue.locationOf.get(fact.location_id)
  return [
    { id: 'date', header: <Trans>Tanggal</Trans>, cell: fact => date(fact.date), meta: { width: '8rem' } },
    { id: 'location', header: <Trans context="satu">Lokasi</Trans>, cell: fact => place(fact)?.name ?? '–' },
    {
      id: 'product',
      header: <Trans context="satu">Produk</Trans>,
      cell: fact => catalogue.productOf.get(fact.product_id)?.name ?? '–',
    },
    {
      id: 'volume',
      header: <Trans>Volume</Trans>,
      cell: fact => quantity(fact.volume_l, 'L', 6),
      meta: { numeric: true, width: '9rem' },
    },
    {
      id: 'recorded',
      header: <Trans>Dicatat</Trans>,
      cell: fact => <span className="text-muted">{moment(fact.recorded_at, place(fact)?.timezone)}</span>,
      meta: { width: '12rem' },
    },
    {
      id: 'status',
      header: <Trans>Keadaan</Trans>,
      cell: fact => <FactState fact={fact} voiding={voiding.has(fact.id)} />,
      meta: { width: '9rem' },
    },
  ]
}

function FactState({ fact, voiding }: { fact: FactRecord; voiding: boolean }) {
  if (voiding || fact.status === 'voided')
    return (
      <Tag>
        <Trans>Dibatalkan</Trans>
      </Tag>
    )
  if (fact.version > 1)
    return (
      <Tag tone="info">
        <Trans>Dikoreksi</Trans>
      </Tag>
    )
  return (
    <Tag tone="good">
      <Trans>Berlaku</Trans>
    </Tag>
  )
}

function FactCard({
  fact,
  catalogue,
  voiding,
}: {
  fact: FactRecord
  catalogue: Catalogue
  voiding: boolean
}) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex justify-between gap-2">
        <span className="min-w-0 truncate">
          {catalogue.locationOf.get(fact.location_id)?.name ?? '–'}{' '}
          <span className="font-normal text-muted">
            · {catalogue.productOf.get(fact.product_id)?.name ?? '–'}
          </span>
        </span>
        <span className="shrink-0 tabular">{quantity(fact.volume_l, 'L', 6)}</span>
      </span>
      <span className="flex items-center justify-between gap-2 font-normal text-muted">
        {date(fact.date)}
        <FactState fact={fact} voiding={voiding} />
      </span>
    </span>
  )
}
