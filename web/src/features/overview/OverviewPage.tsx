import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Check, ChevronRight } from 'lucide-react'
import { lazy, Suspense, useEffect, useMemo, type ReactNode } from 'react'
import { overview as fetchOverview, type FuelUse, type Newest, type OverviewOut } from '@/api'
import { refetch } from '@/app/client'
import { incidentsSummaryQuery } from '@/app/incidents'
import { listenToIncidents, listenToVerdicts } from '@/app/live'
import { Reason } from '@/app/Reason'
import { useMay, useSession } from '@/app/session'
import { clock, date, dayAfter, newestDay, number, quantity, shortDate } from '@/lib/format'
import { Chart } from '@/ui/Chart'
import { Chip } from '@/ui/Chip'
import { Card, Page } from '@/ui/Page'
import { Failed, Skeleton, Stale } from '@/ui/States'
import { SeverityBadge, StatusBadge, type Status } from '@/ui/StatusBadge'

const FirstSteps = lazy(() => import('./FirstSteps'))
const route = getRouteApi('/_app/')
const SPANS = ['7', undefined, '90', '365'] as const
const DEFAULT_DAYS = 30
const MOST_NEWEST = 7
/** Verdicts come one by one; the counts follow at most this often. */
const FOLLOW_MS = 4_000

export function OverviewPage() {
  const { t } = useLingui()
  const { days } = route.useSearch()
  const navigate = route.useNavigate()
  const session = useSession()
  const to = newestDay()
  const from = dayAfter(to, 1 - Number(days ?? DEFAULT_DAYS))
  const overview = useQuery({
    queryKey: [{ _id: 'overview', from, to }],
    queryFn: async ({ signal }) => (await fetchOverview({ query: { from, to }, signal })).data,
    placeholderData: keepPreviousData,
  })
  useFollowing()
  const firstName = session.user.name.split(' ')[0] ?? session.user.name
  return (
    <Page
      title={t`Beranda`}
      lead={
        <Trans>
          Halo, {firstName}. Ini yang terjadi di {session.organisation.name}.
        </Trans>
      }
      actions={
        <div role="group" aria-label={t`Rentang waktu`} className="flex flex-wrap gap-1.5">
          {SPANS.map(span => {
            const length = Number(span ?? DEFAULT_DAYS)
            return (
              <Chip
                key={length}
                pressed={days === span}
                onClick={() => void navigate({ search: span ? { days: span } : {}, replace: true })}
              >
                {length === 365 ? <Trans>1 tahun</Trans> : <Plural value={length} other="# hari" />}
              </Chip>
            )
          })}
        </div>
      }
    >
      {overview.isPending ? (
        <Skeleton lines={8} />
      ) : overview.data ? (
        <>
          <Old updatedAt={overview.dataUpdatedAt} stale={overview.isError} />
          <Body overview={overview.data} from={from} to={to} />
        </>
      ) : (
        <Failed
          what={<Trans>Beranda belum bisa dimuat.</Trans>}
          error={overview.error}
          onRetry={() => void overview.refetch()}
        />
      )}
    </Page>
  )
}

function useFollowing() {
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const later = () => {
      timer ??= setTimeout(() => {
        timer = undefined
        refetch('overview')
      }, FOLLOW_MS)
    }
    const stop = listenToVerdicts(later, later, later)
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [])
}

function Old({ updatedAt, stale }: { updatedAt: number; stale: boolean }) {
  if (!stale) return null
  const at = clock(updatedAt)
  return (
    <Stale>
      <Trans>Data per {at}. Pembaruan belum berhasil.</Trans>
    </Stale>
  )
}

const ALL = 'text-sm font-medium text-brand hover:underline pointer-coarse:-my-3 pointer-coarse:py-3'

function Body({ overview, from, to }: { overview: OverviewOut; from: string; to: string }) {
  const { verdicts, fuel, newest, locations } = overview
  const seesIncidents = useMay('incidents', 'r')
  const { i18n } = useLingui()
  const missing = overview.missing.map(part => (PARTS[part] ? i18n._(PARTS[part]) : part)).join(', ')
  const empty = fuel?.transactions === 0 && newest?.length === 0
  return (
    <>
      {overview.partial && (
        <Stale>
          <Trans>Sebagian data belum masuk: {missing}.</Trans>
        </Stale>
      )}
      {empty && (
        <Suspense>
          <FirstSteps />
        </Suspense>
      )}
      <div className="grid grid-cols-[repeat(auto-fit,minmax(8.5rem,1fr))] gap-3 lg:grid-cols-4">
        <Tile status="ANOMALI" count={verdicts?.anomali} from={from} to={to} />
        <Tile status="WASPADA" count={verdicts?.waspada} from={from} to={to} />
        <Figure label={<Trans>Pemakaian BBM</Trans>} value={fuel && quantity(fuel.volume_l, 'L', 0)}>
          {fuel && <Plural value={fuel.transactions} other="# transaksi" />}
        </Figure>
        <Figure label={<Trans>Lokasi aktif</Trans>} value={locations && number(locations.active)}>
          {locations && <Trans>dari {number(locations.total)} lokasi</Trans>}
        </Figure>
      </div>
      {seesIncidents && <Incidents />}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Card title={<Trans>Pemakaian per hari</Trans>}>
          {fuel ? <Use fuel={fuel} from={from} to={to} /> : <Missing />}
        </Card>
        <Card
          title={<Trans>Perlu perhatian</Trans>}
          aside={
            <Link to="/anomalies" className={ALL}>
              <Trans>Lihat semua</Trans>
            </Link>
          }
        >
          {newest ? <NewestList newest={newest} /> : <Missing />}
        </Card>
      </div>
    </>
  )
}

/** Incidents that nobody has answered, by severity. */
function Incidents() {
  const summary = useQuery(incidentsSummaryQuery)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = listenToIncidents(() => {
      timer ??= setTimeout(() => {
        timer = undefined
        refetch('summariseIncidents')
      }, FOLLOW_MS)
    })
    return () => {
      stop()
      clearTimeout(timer)
    }
  }, [])
  const counts = summary.data?.unanswered
  return (
    <Card
      title={<Trans>Insiden perlu ditangani</Trans>}
      aside={
        <Link to="/incidents" className={ALL}>
          <Trans>Lihat semua</Trans>
        </Link>
      }
    >
      {summary.isError && !counts ? (
        <Missing />
      ) : (
        <ul className="flex flex-wrap justify-between gap-1 sm:grid sm:grid-cols-3">
          {SEVERITIES.map(severity => (
            <li key={severity}>
              <Link
                to="/incidents"
                search={{ severity }}
                className="flex min-h-11 flex-col items-start gap-x-3 rounded-md px-1 py-1.5 hover:bg-hover sm:flex-row sm:items-center sm:px-2"
              >
                <SeverityBadge severity={severity} />
                <span className="text-lg font-semibold tabular">
                  {counts === undefined ? '–' : number(counts[severity] ?? 0)}
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </Card>
  )
}

const SEVERITIES = ['critical', 'warning', 'info'] as const

const PARTS: Readonly<Record<string, MessageDescriptor>> = {
  anomalies: msg`penilaian`,
  fuel: msg`pemakaian BBM`,
  locations: msg`lokasi`,
}

function Missing() {
  return (
    <p className="py-8 text-center text-sm text-muted">
      <Trans>Bagian ini belum masuk. Bagian lain tetap lengkap.</Trans>
    </p>
  )
}

function Tile({
  status,
  count,
  from,
  to,
}: {
  status: Status
  count: number | undefined
  from: string
  to: string
}) {
  return (
    <Link
      to="/anomalies"
      search={{ status, from, to }}
      className="group rounded-lg border border-line bg-surface px-4 py-3 hover:border-edge"
    >
      <span className="flex items-center justify-between">
        <StatusBadge status={status} />
        <ChevronRight aria-hidden className="size-4 text-muted" />
      </span>
      <span className="mt-2 block text-lg font-semibold tracking-tight tabular sm:text-2xl">
        {count === undefined ? '–' : number(count)}
      </span>
      <span className="block text-xs text-muted">
        <Trans>penilaian</Trans>
      </span>
    </Link>
  )
}

function Figure({ label, value, children }: { label: ReactNode; value: ReactNode; children: ReactNode }) {
  return (
    <div className="rounded-lg border border-line bg-surface px-4 py-3">
      <span className="block py-0.5 text-xs font-medium text-muted">{label}</span>
      <span className="mt-2 block text-lg font-semibold tracking-tight break-words tabular sm:text-2xl">
        {value ?? '–'}
      </span>
      <span className="block text-xs text-muted">{children}</span>
    </div>
  )
}

function Use({ fuel, from, to }: { fuel: FuelUse; from: string; to: string }) {
  const { t } = useLingui()
  const { days, values, highest } = useMemo(() => {
    const used = new Map(fuel.days.map(day => [day.date, Number(day.volume_l)]))
    const all: string[] = []
    for (let day = from; day <= to; day = dayAfter(day, 1)) all.push(day)
    const litres = all.map(day => used.get(day) ?? 0)
    return { days: all, values: litres, highest: litres.indexOf(Math.max(...litres)) }
  }, [fuel, from, to])
  const topDay = days[highest]
  if (fuel.transactions === 0 || topDay === undefined) {
    return (
      <p className="py-8 text-center text-sm text-muted">
        <Trans>Belum ada transaksi dalam rentang ini.</Trans>
      </p>
    )
  }
  const average = quantity(Number(fuel.volume_l) / days.length, 'L', 0)
  const top = quantity(values[highest] ?? 0, 'L', 0)
  return (
    <Chart
      caption={
        <Trans>
          Rata-rata {average} per hari; tertinggi {top} pada {date(topDay)}.
        </Trans>
      }
      days={days}
      unit="L"
      height={360}
      series={[{ label: t`Pemakaian`, values, ink: 'brand', look: 'bars' }]}
    />
  )
}

function NewestList({ newest }: { newest: readonly Newest[] }) {
  if (newest.length === 0) {
    return (
      <p className="flex items-center gap-2 py-6 text-sm text-muted">
        <Check aria-hidden className="size-4 text-normal" />
        <Trans>Tidak ada yang perlu perhatian dalam rentang ini.</Trans>
      </p>
    )
  }
  return (
    <ul className="-mx-2 flex flex-col">
      {newest.slice(0, MOST_NEWEST).map(verdict => (
        <li key={verdict.id}>
          <Link
            to="/anomalies"
            search={{ id: verdict.id }}
            className="flex flex-col gap-0.5 rounded-md px-2 py-2 hover:bg-hover"
          >
            <span className="flex items-center justify-between gap-2">
              <span className="min-w-0 truncate font-medium">
                {verdict.location.name} · {verdict.product.name}
              </span>
              <StatusBadge status={verdict.status as Status} />
            </span>
            <span className="text-xs text-muted">
              {shortDate(verdict.date)} · <Reason verdict={verdict} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}
