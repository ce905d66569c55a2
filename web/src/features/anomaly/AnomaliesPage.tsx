import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ArrowUp, Pause, Play, ShieldCheck } from 'lucide-react'
import { lazy, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import type { Anomaly } from '@/api'
import { refetch } from '@/app/client'
import { Connection } from '@/app/Connection'
import { ExportTool } from '@/app/ExportTool'
import { Listing, useSelection } from '@/app/Listing'
import { listenToVerdicts } from '@/app/live'
import { narrowed, NarrowingFields, useNarrowingWords } from '@/app/narrowing'
import { whileReading } from '@/app/reading'
import { TableTools } from '@/app/TableTools'
import { date, number } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { Narrowed } from '@/ui/Narrowed'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty } from '@/ui/States'
import { StatusBadge, statusWord } from '@/ui/StatusBadge'
import { columns, VerdictCard } from './columns'
import { anomaliesExport, anomaliesQuery, matcher, summaryQuery, type Filters } from './queries'
import { VerdictRows } from './rows'

const Detail = lazy(() => import('./Detail'))
const route = getRouteApi('/_app/anomalies')
const SUMMARY_MS = 3_000

export function AnomaliesPage() {
  const { t, i18n } = useLingui()
  const { id, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(anomaliesQuery(filters))
  const summary = useQuery(summaryQuery(filters))
  const [paused, setPaused] = useState(false)
  const selection = useSelection()
  const reading = paused || id !== undefined || selection.ids.size > 0
  const { rows, waiting, arrived, live } = useLiveRows(filters, list.data?.pages, reading)
  const active = Object.keys(filters).length - (filters.status === undefined ? 0 : 1)
  const change = (next: Filters) => void navigate({ search: next, replace: true })
  const clear = () => change({})
  const { status } = filters
  const narrowing = useNarrowingWords(filters)

  return (
    <Page
      title={t`Monitoring Anomali`}
      lead={<Trans>Pemakaian BBM yang menyimpang dari biasanya, begitu tercatat.</Trans>}
    >
      <FilterBar
        active={active}
        onClear={clear}
        chips={
          // Counts are of all places and products, so they are shown only where that is the question.
          <Chips
            filters={filters}
            summary={filters.location || filters.product ? undefined : summary.data}
            onChange={change}
          />
        }
        aside={
          <>
            <IconButton
              label={paused ? t`Lanjutkan pembaruan` : t`Jeda pembaruan`}
              aria-pressed={paused}
              onClick={() => setPaused(!paused)}
            >
              {paused ? <Play aria-hidden /> : <Pause aria-hidden />}
            </IconButton>
            <ExportTool {...anomaliesExport(filters)} />
            <TableTools table="anomalies" columns={columns} selection={selection} />
          </>
        }
      >
        <NarrowingFields value={filters} onChange={(name, value) => change(narrowed(filters, name, value))} />
      </FilterBar>
      <Narrowed
        by={[
          status === undefined
            ? t`Perlu perhatian`
            : status === 'all'
              ? undefined
              : i18n._(statusWord(status)),
          ...narrowing,
        ]}
      />
      <Connection />
      <p role="status" className="sr-only">
        {waiting > 0 && <Plural value={waiting} other="# penilaian baru menunggu ditampilkan" />}
      </p>
      {waiting > 0 && (
        <Button
          className="sticky top-16 z-10 self-center rounded-full border-brand bg-brand-soft text-brand-strong shadow-pop"
          icon={<ArrowUp aria-hidden className="size-4" />}
          onClick={() => {
            scrollTo({ top: 0 })
            setPaused(false)
            live.release()
          }}
        >
          <Plural value={waiting} other="# baru" />
        </Button>
      )}
      <Listing
        table="anomalies"
        label={t`Penilaian`}
        list={list}
        columns={columns}
        rows={rows}
        rowId={row => row.id}
        rowName={row => `${row.location.name}, ${row.product.name}, ${date(row.date)}`}
        onOpen={row => void navigate({ search: { ...filters, id: row.id } })}
        openId={id}
        card={row => <VerdictCard verdict={row} />}
        rowClassName={row => (arrived.has(row.fact_id) ? 'arrived' : undefined)}
        filtered={active > 0}
        onClear={clear}
        empty={<Calm all={filters.status === 'all'} onAll={() => change({ status: 'all' })} />}
        selection={selection}
      />
      <OnDemand wanted={id !== undefined}>
        <Detail id={id} onClose={() => void navigate({ search: filters })} />
      </OnDemand>
    </Page>
  )
}

/** The list as it stands: what was fetched, what came in since, and what waits while the reader reads. */
function useLiveRows(filters: Filters, pages: readonly { items: Anomaly[] }[] | undefined, hold: boolean) {
  const { status, location, product, from, to } = filters
  const live = useMemo(
    () =>
      new VerdictRows(
        matcher({
          ...(status && { status }),
          ...(location && { location }),
          ...(product && { product }),
          ...(from && { from }),
          ...(to && { to }),
        }),
      ),
    [status, location, product, from, to],
  )
  useEffect(() => live.load((pages ?? []).flatMap(page => page.items)), [live, pages])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = listenToVerdicts(
      verdict => {
        live.hear(verdict)
        timer ??= setTimeout(() => {
          timer = undefined
          refetch('summariseAnomalies')
        }, SUMMARY_MS)
      },
      withdrawal => live.drop(withdrawal),
      () => refetch('listAnomalies', 'summariseAnomalies', 'getAnomaly'),
    )
    return () => {
      stop()
      live.stop()
      clearTimeout(timer)
    }
  }, [live])
  useEffect(() => whileReading(reading => live.hold(hold || reading)), [live, hold])
  return { ...useSyncExternalStore(live.watch, live.snapshot), live }
}

function shown(count: number | undefined): string | undefined {
  return count === undefined ? undefined : number(count)
}

interface ChipsProps {
  filters: Filters
  summary: { normal: number; waspada: number; anomali: number } | undefined
  onChange: (filters: Filters) => void
}

function Chips({ filters, summary, onChange }: ChipsProps) {
  const { i18n } = useLingui()
  const { status, ...rest } = filters
  const counts = summary && { ANOMALI: summary.anomali, WASPADA: summary.waspada, NORMAL: summary.normal }
  return (
    <>
      <Chip
        pressed={status === undefined}
        onClick={() => onChange(rest)}
        count={shown(counts && counts.ANOMALI + counts.WASPADA)}
      >
        <Trans>Perlu perhatian</Trans>
      </Chip>
      {(['ANOMALI', 'WASPADA', 'NORMAL'] as const).map(one => (
        <Chip
          key={one}
          pressed={status === one}
          onClick={() => onChange({ ...rest, status: one })}
          count={shown(counts?.[one])}
        >
          {i18n._(statusWord(one))}
        </Chip>
      ))}
      <Chip pressed={status === 'all'} onClick={() => onChange({ ...rest, status: 'all' })}>
        <Trans>Semua</Trans>
      </Chip>
    </>
  )
}

function Calm({ all, onAll }: { all: boolean; onAll: () => void }) {
  return (
    <Empty
      icon={<ShieldCheck aria-hidden />}
      title={all ? <Trans>Belum ada penilaian.</Trans> : <Trans>Tidak ada yang perlu perhatian.</Trans>}
      action={
        !all && (
          <Button onClick={onAll}>
            <Trans>Lihat semua penilaian</Trans>
          </Button>
        )
      }
    >
      <Trans>
        Setiap catatan BBM dinilai terhadap riwayat lokasi dan produknya. Yang{' '}
        <StatusBadge status="WASPADA" /> atau <StatusBadge status="ANOMALI" /> muncul di sini dalam hitungan
        detik.
      </Trans>
    </Empty>
  )
}
