import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { Gauge, Layers, ShieldCheck } from 'lucide-react'
import { lazy, useMemo } from 'react'
import { i18n } from '@lingui/core'
import type { CustomerRecord, MeterAnomaly, MeterSummary } from '@/api'
import { ExportTool } from '@/app/ExportTool'
import { Listing, useSelection } from '@/app/Listing'
import { useOrderable } from '@/app/ordering'
import { useMay } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { cubic, decimal, number } from '@/lib/format'
import { tidy } from '@/lib/search'
import type { Column } from '@/ui/columns'
import { FilterBar } from '@/ui/FilterBar'
import { OnDemand } from '@/ui/OnDemand'
import { Narrowed } from '@/ui/Narrowed'
import { Page } from '@/ui/Page'
import { PrintTool } from '@/ui/PrintTool'
import { Empty, Failed, Skeleton } from '@/ui/States'
import { useFollowingImports } from './following'
import { KIND_LOOK, KINDS, KindTags } from '@/app/kinds'
import { AsOf, ToImports } from './parts'
import { meterExport, meterQuery, meterSummaryQuery, NAMES, namesQuery, type MeterFilters } from './queries'
import { periodWords } from './scopes'
import { TAG_WORDS } from './tags'
import { saidOf } from './uses'

const ScopeFields = lazy(() => import('./ScopeFields'))
const TagField = lazy(() => import('./TagField'))
const MeterDrawer = lazy(() => import('./MeterDrawer'))
const route = getRouteApi('/_app/meter')
const FIGURES = ['summariseMeterAnomalies', 'getMeterHistory', 'listScopes']
const LISTS = ['listMeterAnomalies']

export function MeterPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const { kind, tag, ...scope } = filters
  const navigate = route.useNavigate()
  const summary = useQuery(meterSummaryQuery(scope))
  const { list, asked } = useOrderable(limit => meterQuery(filters, limit))
  const rows = useNamed(list.data?.pages)
  const selection = useSelection()
  useFollowingImports(FIGURES, LISTS, id !== undefined || selection.ids.size > 0 || asked.order !== undefined)
  const change = (next: MeterFilters) => void navigate({ search: next, replace: true })
  const active = Object.keys(scope).length + (tag ? 1 : 0)
  return (
    <Page
      title={t`Meter`}
      lead={<Trans>Setiap pembacaan meter dinilai: tujuh hal yang perlu dilihat, dengan alasannya.</Trans>}
    >
      <FilterBar
        active={active}
        onClear={() => change(kind ? { kind } : {})}
        aside={
          <>
            <ExportTool {...meterExport(filters)} />
            <PrintTool />
            <TableTools table="meter" columns={columns} selection={selection} />
          </>
        }
      >
        <ScopeFields
          scope={scope}
          newest={scope.period ? undefined : summary.data?.period}
          others={summary.data?.periods}
          onChange={next => change(tidy({ ...next, kind, tag }))}
        />
        <TagField
          tag={tag}
          summary={summary.data}
          onChange={next => change(tidy({ ...filters, tag: next }))}
        />
      </FilterBar>
      <Narrowed
        by={[
          kind && i18n._(KIND_LOOK[kind].word),
          tag && i18n._(TAG_WORDS[tag]),
          scope.rayon && t`Rayon ${scope.rayon}`,
        ]}
      />
      {summary.isPending ? (
        <Skeleton lines={2} />
      ) : summary.data ? (
        <Tiles
          summary={summary.data}
          kind={kind}
          onChange={next => change(tidy({ ...filters, kind: next }))}
        />
      ) : (
        <Failed
          what={<Trans>Jumlah anomali belum bisa dimuat.</Trans>}
          error={summary.error}
          onRetry={() => void summary.refetch()}
        />
      )}
      <Listing
        table="meter"
        label={t`Anomali meter`}
        list={list}
        asked={asked}
        failure={<Trans>Daftar anomali meter belum bisa dimuat.</Trans>}
        columns={columns}
        rows={rows}
        rowId={row => row.nomen}
        rowName={row => [row.nomen, row.name, periodWords(row.period)].filter(Boolean).join(', ')}
        onOpen={row => void navigate({ search: { ...filters, id: row.nomen } })}
        openId={id}
        card={row => <MeterCard read={row} />}
        filtered={kind !== undefined || tag !== undefined || (active > 0 && summary.data?.judged === 0)}
        onClear={() => change({})}
        empty={<Nothing summary={summary.data} />}
        selection={selection}
      />
      <OnDemand wanted={id !== undefined}>
        <MeterDrawer
          nomen={id}
          period={scope.period ?? summary.data?.period}
          onClose={() => void navigate({ search: filters })}
        />
      </OnDemand>
    </Page>
  )
}

/** What is said of a meter, with whose it is; empty while that is not known, or not for the reader. */
type Row = MeterAnomaly & { name: string }

function useNamed(pages: readonly { items: readonly MeterAnomaly[] }[] | undefined): readonly Row[] {
  const enabled = useMay('customers', 'r')
  const names = useQueries({
    queries: (enabled ? (pages ?? []) : []).flatMap(({ items }) => parted(items).map(namesQuery)),
    combine: byNumber,
  })
  return useMemo(
    () =>
      (pages ?? []).flatMap(({ items }) => items.map(one => ({ ...one, name: names.get(one.nomen) ?? '' }))),
    [pages, names],
  )
}

/** The numbers of meters, as many together as are looked up at once. */
function parted(items: readonly MeterAnomaly[]): string[][] {
  return Array.from({ length: Math.ceil(items.length / NAMES) }, (_, at) =>
    items.slice(at * NAMES, (at + 1) * NAMES).map(one => one.nomen),
  )
}

function byNumber(found: readonly UseQueryResult<CustomerRecord[]>[]): ReadonlyMap<string, string> {
  return new Map(found.flatMap(({ data }) => data ?? []).map(one => [one.nomen, one.name]))
}

interface TilesProps {
  summary: MeterSummary
  kind: MeterFilters['kind']
  onChange: (kind: MeterFilters['kind']) => void
}

/** How many customers each kind holds of; a tile narrows the list to its kind. */
function Tiles({ summary, kind, onChange }: TilesProps) {
  const { i18n: words } = useLingui()
  const { judged, skipped, distinct_customers: customers, period } = summary
  const when = period && periodWords(period)
  return (
    <section className="flex flex-col gap-2">
      <div className="grid grid-cols-2 gap-2 sm:grid-cols-4 xl:grid-cols-8">
        <Tile
          icon={Layers}
          count={customers}
          pressed={kind === undefined}
          onPress={() => onChange(undefined)}
        >
          <Trans context="meter">Semua</Trans>
        </Tile>
        {KINDS.map(one => (
          <Tile
            key={one}
            icon={KIND_LOOK[one].icon}
            count={summary.anomalies[one]?.count ?? 0}
            pressed={kind === one}
            onPress={() => onChange(kind === one ? undefined : one)}
          >
            {words._(KIND_LOOK[one].word)}
          </Tile>
        ))}
      </div>
      {when && (
        <div className="flex flex-wrap items-baseline gap-x-3 text-sm">
          <p>
            <Plural value={judged} other={`${when}: # pembacaan dinilai,`} />{' '}
            <Plural value={customers} other="# pelanggan perlu dilihat." />
            {skipped > 0 && (
              <>
                {' '}
                <Plural value={skipped} other="# meter tidak dibaca." />
              </>
            )}
          </p>
          <AsOf at={summary.data_as_of} />
        </div>
      )}
    </section>
  )
}

interface TileProps {
  icon: typeof Layers
  count: number
  pressed: boolean
  onPress: () => void
  children: React.ReactNode
}

function Tile({ icon: Icon, count, pressed, onPress, children }: TileProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className={clsx(
        'flex min-h-16 flex-col justify-between gap-1 rounded-lg border px-3 py-2 text-left transition-colors',
        pressed ? 'border-brand bg-brand-soft text-brand-strong' : 'border-line hover:bg-hover',
      )}
    >
      <span className="flex items-center gap-1.5 text-xs font-medium">
        <Icon aria-hidden className="size-4 shrink-0" />
        {children}
      </span>
      <span className="text-lg font-semibold tabular">{number(count)}</span>
    </button>
  )
}

function Nothing({ summary }: { summary: MeterSummary | undefined }) {
  if (summary && summary.judged > 0) {
    return (
      <Empty icon={<ShieldCheck aria-hidden />} title={<Trans>Semua pembacaan periode ini wajar.</Trans>} />
    )
  }
  return (
    <Empty
      icon={<Gauge aria-hidden />}
      title={<Trans>Belum ada pembacaan meter.</Trans>}
      action={<ToImports />}
    >
      <Trans>Unggah berkas SBRS; setiap pembacaan dinilai dan yang menyimpang muncul di sini.</Trans>
    </Empty>
  )
}

/** Why kinds hold; where none does, what else there is to say. */
function why(read: MeterAnomaly): string {
  return saidOf(read, { remarks: read.kinds.length === 0 }).join(' ')
}

function Why({ read }: { read: MeterAnomaly }) {
  return <span className="text-muted">{why(read)}</span>
}

const columns: readonly Column<Row>[] = [
  {
    id: 'nomen',
    header: msg`Nomor pelanggan`,
    text: read => read.nomen,
    rank: read => read.nomen,
    meta: { width: '9rem' },
  },
  {
    id: 'name',
    header: msg`Nama`,
    // Not to be ordered by: names come after the rows, and some may not come.
    text: read => read.name,
    meta: { width: '12rem' },
  },
  {
    id: 'rayon',
    header: msg`Rayon`,
    text: read => read.rayon,
    rank: read => read.rayon,
    meta: { width: '6rem' },
  },
  {
    id: 'kinds',
    header: msg`Jenis`,
    text: read => read.kinds.map(kind => i18n._(KIND_LOOK[kind].word)).join(', '),
    cell: read => <KindTags kinds={read.kinds} />,
    meta: { width: '13rem' },
  },
  {
    id: 'use',
    header: msg`Pemakaian`,
    text: read => decimal(read.use_m3),
    cell: read => cubic(read.use_m3),
    rank: read => (read.use_m3 === null ? null : Number(read.use_m3)),
    unit: 'm³',
    meta: { numeric: true, width: '8rem' },
  },
  {
    id: 'usual',
    header: msg`Biasanya`,
    text: read => decimal(read.usual_m3),
    cell: read => cubic(read.usual_m3, 1),
    rank: read => (read.usual_m3 === null ? null : Number(read.usual_m3)),
    unit: 'm³',
    meta: { numeric: true, width: '8rem' },
  },
  {
    id: 'why',
    header: msg`Alasan`,
    text: why,
    cell: read => <Why read={read} />,
  },
]

function MeterCard({ read }: { read: Row }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-start justify-between gap-2">
        <span className="min-w-0">
          {read.nomen}{' '}
          <span className="font-normal text-muted">
            · <Trans>Rayon {read.rayon}</Trans>
          </span>
          {read.name && <span className="block truncate font-normal">{read.name}</span>}
        </span>
        <span className="shrink-0 font-normal tabular">{cubic(read.use_m3)}</span>
      </span>
      <KindTags kinds={read.kinds} />
      <span className="text-xs font-normal whitespace-normal">
        <Why read={read} />
      </span>
    </span>
  )
}
