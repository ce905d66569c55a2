import { i18n } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Fuel, Plus } from 'lucide-react'
import { lazy, useMemo } from 'react'
import { voidFuelTransaction, type FactRecord } from '@/api'
import { useCatalogue, type Catalogue } from '@/app/catalogue'
import { ExportTool } from '@/app/ExportTool'
import { Listing, useSelection } from '@/app/Listing'
import { narrowed, NarrowingFields, useNarrowingWords } from '@/app/narrowing'
import { useOrderable } from '@/app/ordering'
import { useMay } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { refetchFuel } from '@/app/unsent'
import { sentenceOf } from '@/lib/failure'
import { date, decimal, moment, quantity } from '@/lib/format'
import { useUndoable } from '@/app/useUndoable'
import { Button, buttonLook } from '@/ui/Button'
import type { Column } from '@/ui/columns'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { Narrowed } from '@/ui/Narrowed'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { toast } from '@/ui/Toast'
import { transactionsExport, transactionsQuery, type Filters } from './queries'

const TransactionDrawer = lazy(() => import('./TransactionDrawer'))
const route = getRouteApi('/_app/fuel/transactions')

export function TransactionsPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const catalogue = useCatalogue()
  const mayRecord = useMay('fuel.transactions', 'c')
  const mayVoid = useMay('fuel.transactions', 'd')
  const selection = useSelection()
  const { list, asked } = useOrderable(limit => transactionsQuery(filters, limit))
  const { voiding, voidLater } = useVoiding(catalogue)
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const columns = useMemo(() => columnsFor(catalogue, voiding), [catalogue, voiding])
  const active = Object.keys(filters).length
  const change = (next: Filters) => void navigate({ search: next, replace: true })
  const narrowing = useNarrowingWords(filters)
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
        aside={
          <>
            <ExportTool {...transactionsExport(filters)} />
            <TableTools table="transactions" columns={columns} selection={selection} />
          </>
        }
      >
        <NarrowingFields value={filters} onChange={(name, value) => change(narrowed(filters, name, value))} />
      </FilterBar>
      <Narrowed
        by={[
          filters.status === undefined ? t`Berlaku` : filters.status === 'voided' ? t`Dibatalkan` : undefined,
          ...narrowing,
        ]}
      />
      <Listing
        table="transactions"
        label={t`Transaksi`}
        list={list}
        asked={asked}
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
        filtered={active > 0}
        onClear={() => change({})}
        empty={
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
        }
        selection={selection}
        acts={marked => {
          const open = marked.filter(fact => fact.status === 'active' && !voiding.has(fact.id))
          return (
            mayVoid &&
            open.length > 0 && (
              <Button
                look="danger"
                onClick={() => {
                  voidLater(open)
                  selection.end()
                }}
              >
                <Plural value={open.length} other="Batalkan # transaksi" />
              </Button>
            )
          )
        }}
      />
      <OnDemand wanted={id !== undefined}>
        <TransactionDrawer
          id={id}
          known={rows.find(fact => fact.id === id)}
          catalogue={catalogue}
          onClose={() => void navigate({ search: filters })}
          onVoid={fact => {
            voidLater([fact])
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
  const { hidden: voiding, later } = useUndoable()
  const voidLater = (facts: readonly FactRecord[]) => {
    const [only, ...others] = facts
    const count = facts.length
    const volume = quantity(only?.volume_l ?? 0, 'L')
    const location = catalogue.locationOf.get(only?.location_id ?? '')?.name ?? ''
    const text =
      others.length === 0
        ? t`Transaksi ${volume} di ${location} dibatalkan.`
        : t`${plural(count, { other: '# transaksi dibatalkan.' })}`
    const ids = facts.map(fact => fact.id)
    later(ids, text, () => voidAll(facts).finally(refetchFuel))
  }
  return { voiding, voidLater }
}

/** Void each; what is refused is said once, with how many it was. */
async function voidAll(facts: readonly FactRecord[]): Promise<void> {
  const outcomes = await Promise.allSettled(
    facts.map(({ id, version }) =>
      voidFuelTransaction({
        path: { transaction_id: id },
        headers: { 'If-Match': `"${version}"` },
        // The page may be closing.
        keepalive: true,
      }),
    ),
  )
  const refused = outcomes.filter(outcome => outcome.status === 'rejected')
  const [first] = refused
  if (!first) return
  const why = sentenceOf(first.reason)
  const count = refused.length
  toast({ text: facts.length === 1 ? why : i18n._(msg`${count} transaksi belum dibatalkan. ${why}`) })
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
    {
      id: 'date',
      header: msg`Tanggal`,
      text: fact => fact.date,
      cell: fact => date(fact.date),
      rank: fact => fact.date,
      meta: { width: '8rem' },
    },
    {
      id: 'location',
      header: msg({ message: 'Lokasi', context: 'satu' }),
      text: fact => place(fact)?.name ?? '–',
      rank: fact => place(fact)?.name ?? null,
    },
    {
      id: 'product',
      header: msg({ message: 'Produk', context: 'satu' }),
      text: fact => catalogue.productOf.get(fact.product_id)?.name ?? '–',
      rank: fact => catalogue.productOf.get(fact.product_id)?.name ?? null,
    },
    {
      id: 'volume',
      header: msg`Volume`,
      unit: 'L',
      text: fact => decimal(fact.volume_l),
      cell: fact => quantity(fact.volume_l, 'L', 6),
      rank: fact => Number(fact.volume_l),
      meta: { numeric: true, width: '9rem' },
    },
    {
      id: 'recorded',
      header: msg`Dicatat`,
      text: fact => fact.recorded_at,
      rank: fact => Date.parse(fact.recorded_at),
      cell: fact => <span className="text-muted">{moment(fact.recorded_at, place(fact)?.timezone)}</span>,
      meta: { width: '14rem' },
    },
    {
      id: 'status',
      header: msg`Keadaan`,
      text: fact => i18n._(stateOf(fact, voiding.has(fact.id)).word),
      cell: fact => <FactState fact={fact} voiding={voiding.has(fact.id)} />,
      meta: { width: '9rem' },
    },
  ]
}

function stateOf(fact: FactRecord, voiding: boolean) {
  if (voiding || fact.status === 'voided') return { tone: 'muted' as const, word: msg`Dibatalkan` }
  if (fact.version > 1) return { tone: 'info' as const, word: msg`Dikoreksi` }
  return { tone: 'good' as const, word: msg`Berlaku` }
}

function FactState({ fact, voiding }: { fact: FactRecord; voiding: boolean }) {
  const { tone, word } = stateOf(fact, voiding)
  return <Tag tone={tone}>{i18n._(word)}</Tag>
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
