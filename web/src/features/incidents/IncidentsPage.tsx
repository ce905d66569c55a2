import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ArrowUp, ShieldCheck } from 'lucide-react'
import { lazy, useMemo } from 'react'
import type { Incident, IncidentSummary } from '@/api'
import { Connection } from '@/app/Connection'
import { acknowledge, ANSWERS, incidentsSummaryQuery } from '@/app/incidents'
import { focusedRow, leaveRow, useKeys } from '@/app/keys'
import { Listing, useSelection } from '@/app/Listing'
import { useMay } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { clock, number } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty, Stale } from '@/ui/States'
import { SeverityBadge } from '@/ui/StatusBadge'
import { columns, IncidentCard, span, STATES } from './columns'
import { useFollowing } from './following'
import { incidentsQuery, type Filters } from './queries'

const FilterFields = lazy(() => import('./FilterFields'))
const IncidentDrawer = lazy(() => import('./IncidentDrawer'))
const route = getRouteApi('/_app/incidents')

export function IncidentsPage() {
  const { t } = useLingui()
  const { id, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(incidentsQuery(filters))
  const summary = useQuery(incidentsSummaryQuery)
  const selection = useSelection()
  const { waiting, letIn } = useFollowing(id !== undefined || selection.ids.size > 0)
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const { answer, state, ...narrowing } = filters
  const active = Object.keys(narrowing).length
  const change = (next: Filters) => void navigate({ search: next, replace: true })
  const clear = () => change({ ...(answer && { answer }), ...(state && { state }) })
  useAcknowledging(rows)
  const at = clock(list.dataUpdatedAt)
  // Counts are of all places, products and days, so they are shown only where that is the question.
  const counted = active === 0 || (active === 1 && filters.severity !== undefined)

  return (
    <Page
      title={t`Insiden`}
      lead={<Trans>Satu alarm untuk satu kejadian, berapa pun catatannya. Tanggapi, dan Arus belajar.</Trans>}
    >
      <FilterBar
        active={active}
        onClear={clear}
        chips={<Chips filters={filters} summary={counted ? summary.data : undefined} onChange={change} />}
        aside={<TableTools table="incidents" columns={columns} selection={selection} />}
      >
        <FilterFields filters={filters} onChange={change} />
      </FilterBar>
      {list.isError && list.data ? (
        <Stale>
          <Trans>Data per {at}. Pembaruan belum berhasil.</Trans>
        </Stale>
      ) : (
        <Connection />
      )}
      <p role="status" className="sr-only">
        {waiting > 0 && <Plural value={waiting} other="# kabar insiden menunggu ditampilkan" />}
      </p>
      {waiting > 0 && (
        <Button
          className="sticky top-16 z-10 self-center rounded-full border-brand bg-brand-soft text-brand-strong shadow-pop"
          icon={<ArrowUp aria-hidden className="size-4" />}
          onClick={() => {
            scrollTo({ top: 0 })
            letIn()
          }}
        >
          <Plural value={waiting} other="# kabar baru" />
        </Button>
      )}
      <Listing
        table="incidents"
        label={t`Insiden`}
        list={list}
        columns={columns}
        rows={rows}
        rowId={row => row.id}
        rowName={row => `${row.location.name}, ${row.product.name}, ${span(row)}`}
        onOpen={row => void navigate({ search: { ...filters, id: row.id } })}
        openId={id}
        card={row => <IncidentCard incident={row} />}
        failure={<Trans>Daftar insiden belum bisa dimuat.</Trans>}
        filtered={active > 0}
        onClear={clear}
        empty={<Calm view={state ?? answer} onAll={() => change({ answer: 'all' })} />}
        selection={selection}
      />
      <OnDemand wanted={id !== undefined}>
        <IncidentDrawer id={id} onClose={() => void navigate({ search: filters })} />
      </OnDemand>
    </Page>
  )
}

/** `e` says of the focused row that somebody looks after it; the focus goes on to its neighbour. */
function useAcknowledging(rows: readonly Pick<Incident, 'id' | 'answer' | 'state'>[]) {
  const mayAnswer = useMay('incidents', 'c')
  const keys = useMemo(
    () => ({
      e: () => {
        const row = rows.find(one => one.id === focusedRow())
        if (!mayAnswer || !row || row.answer === 'acknowledged' || row.state === 'withdrawn') return
        leaveRow()
        void acknowledge(row.id)
      },
    }),
    [rows, mayAnswer],
  )
  useKeys(keys)
}

const SEVERITIES = ['critical', 'warning', 'info'] as const

interface ChipsProps {
  filters: Filters
  summary: IncidentSummary | undefined
  onChange: (filters: Filters) => void
}

function Chips({ filters, summary, onChange }: ChipsProps) {
  const { i18n } = useLingui()
  const { answer, state, ...rest } = filters
  const severities: readonly Incident['severity'][] = filters.severity ? [filters.severity] : SEVERITIES
  const countOf = (counts: IncidentSummary['unanswered'] | undefined) =>
    counts && number(severities.reduce((sum, one) => sum + (counts[one] ?? 0), 0))
  return (
    <>
      <Chip
        pressed={answer === undefined && state === undefined}
        onClick={() => onChange(rest)}
        count={countOf(summary?.unanswered)}
      >
        <Trans>Perlu ditangani</Trans>
      </Chip>
      {(['acknowledged', 'confirmed', 'false_positive'] as const).map(one => (
        <Chip
          key={one}
          pressed={answer === one && state === undefined}
          onClick={() => onChange({ ...rest, answer: one })}
          count={countOf(summary?.[one])}
        >
          {i18n._(ANSWERS[one])}
        </Chip>
      ))}
      {(['closed', 'withdrawn'] as const).map(one => (
        <Chip
          key={one}
          pressed={state === one}
          onClick={() => onChange({ ...rest, state: one })}
          count={countOf(summary?.[one])}
        >
          {i18n._(STATES[one])}
        </Chip>
      ))}
      <Chip
        pressed={answer === 'all' && state === undefined}
        onClick={() => onChange({ ...rest, answer: 'all' })}
      >
        <Trans>Semua</Trans>
      </Chip>
    </>
  )
}

function Calm({ view, onAll }: { view: Filters['answer'] | Filters['state']; onAll: () => void }) {
  return (
    <Empty
      icon={<ShieldCheck aria-hidden />}
      title={
        view === undefined ? (
          <Trans>Tidak ada insiden yang menunggu Anda.</Trans>
        ) : (
          <Trans>Belum ada insiden di sini.</Trans>
        )
      }
      action={
        view !== 'all' && (
          <Button onClick={onAll}>
            <Trans>Lihat semua insiden</Trans>
          </Button>
        )
      }
    >
      <Trans>
        Catatan yang menyimpang membuka satu insiden per lokasi dan produk, dengan tingkat{' '}
        <SeverityBadge severity="critical" />, <SeverityBadge severity="warning" /> atau{' '}
        <SeverityBadge severity="info" />. Tiga catatan wajar berturut-turut menutupnya.
      </Trans>
    </Empty>
  )
}
