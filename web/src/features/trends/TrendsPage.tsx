import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { TrendingUp } from 'lucide-react'
import type { Trend } from '@/api'
import { narrowed, NarrowingFields } from '@/app/narrowing'
import { useMay } from '@/app/session'
import { clock, newestDay, number, percent } from '@/lib/format'
import { buttonLook } from '@/ui/Button'
import { Chart } from '@/ui/Chart'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { Card, Page } from '@/ui/Page'
import { Empty, Failed, NoMatch, Skeleton, Stale } from '@/ui/States'
import { statusWord } from '@/ui/StatusBadge'
import type { Series } from '@/ui/TimeChart'
import { Finding } from './Finding'
import { Parts } from './Parts'
import { statusTrendQuery, trendQuery, type Asked, type Filters } from './queries'
import { periodName, usualFrom } from './spans'

const route = getRouteApi('/_app/trends')
/** Lines that an eye can follow; the table has them all. */
const MOST_LINES = 4
const LOOKS = [
  { ink: 'brand', look: 'line' },
  { ink: 'info', look: 'dashed' },
  { ink: 'text', look: 'dotted' },
  { ink: 'muted', look: 'line' },
] as const

export function TrendsPage() {
  const { t } = useLingui()
  const filters = route.useSearch()
  const navigate = route.useNavigate()
  const seesVerdicts = useMay('anomalies', 'r')
  const period = filters.period ?? 'day'
  const to = filters.to ?? newestDay()
  const asked: Asked = { ...filters, period, to, from: filters.from ?? usualFrom(period, to) }
  const trend = useQuery(trendQuery(asked))
  const { location, product, from, to: until } = filters
  const active = [location, product, from, until].filter(Boolean).length
  const change = (next: Filters) => void navigate({ search: next, replace: true })
  const clear = () => {
    const { location: _, product: __, from: ___, to: ____, ...rest } = filters
    change(rest)
  }
  const at = clock(trend.dataUpdatedAt)
  return (
    <Page title={t`Tren`} lead={<Trans>Pemakaian BBM dari waktu ke waktu, dan apa yang berubah.</Trans>}>
      <FilterBar active={active} onClear={clear} chips={<Chips filters={filters} onChange={change} />}>
        <NarrowingFields value={filters} onChange={(name, value) => change(narrowed(filters, name, value))} />
      </FilterBar>
      {trend.isPending ? (
        <Skeleton lines={10} />
      ) : trend.data === undefined ? (
        <Failed
          what={<Trans>Tren belum bisa dimuat.</Trans>}
          error={trend.error}
          onRetry={() => void trend.refetch()}
        />
      ) : (
        <>
          {trend.isError && (
            <Stale>
              <Trans>Data per {at}. Pembaruan belum berhasil.</Trans>
            </Stale>
          )}
          <Use trend={trend.data} filtered={active > 0} onClear={clear} />
        </>
      )}
      {seesVerdicts && trend.data && <Statuses asked={asked} />}
    </Page>
  )
}

function Chips({ filters, onChange }: { filters: Filters; onChange: (filters: Filters) => void }) {
  const { t } = useLingui()
  const { period, by, compare, ...rest } = filters
  const periods = [
    [undefined, t`Hari`],
    ['week', t`Minggu`],
    ['month', t`Bulan`],
  ] as const
  const splits = [
    [undefined, t`Semua`],
    ['location', t`Per lokasi`],
    ['product', t`Per produk`],
  ] as const
  const comparisons = [
    ['previous', t`Banding periode sebelumnya`],
    ['last_year', t`Banding tahun lalu`],
  ] as const
  const others = { ...(period && { period }), ...(by && { by }), ...(compare && { compare }) }
  // Dates chosen for days would be too few for months.
  const { from: _, to: __, ...places } = rest
  return (
    <>
      <div role="group" aria-label={t`Periode`} className="flex gap-1.5">
        {periods.map(([value, label]) => (
          <Chip
            key={label}
            pressed={period === value}
            onClick={() =>
              onChange({
                ...places,
                ...(by && { by }),
                ...(compare && { compare }),
                ...(value && { period: value }),
              })
            }
          >
            {label}
          </Chip>
        ))}
      </div>
      <span aria-hidden className="h-5 border-l border-line" />
      <div role="group" aria-label={t`Rincian`} className="flex gap-1.5">
        {splits.map(([value, label]) => (
          <Chip
            key={label}
            pressed={by === value}
            onClick={() => {
              const { by: ___, ...kept } = others
              onChange({ ...rest, ...kept, ...(value && { by: value }) })
            }}
          >
            {label}
          </Chip>
        ))}
      </div>
      <span aria-hidden className="h-5 border-l border-line" />
      <div role="group" aria-label={t`Pembanding`} className="flex gap-1.5">
        {comparisons.map(([value, label]) => (
          <Chip
            key={value}
            pressed={compare === value}
            onClick={() => {
              const { compare: ___, ...kept } = others
              onChange({ ...rest, ...kept, ...(compare !== value && { compare: value }) })
            }}
          >
            {label}
          </Chip>
        ))}
      </div>
    </>
  )
}

function litres(value: string | null | undefined): number | null {
  return value === null || value === undefined ? null : Number(value)
}

function Use({ trend, filtered, onClear }: { trend: Trend; filtered: boolean; onClear: () => void }) {
  const { t } = useLingui()
  const mayRecord = useMay('fuel.transactions', 'c')
  if (trend.series.every(one => one.total.transactions === 0)) {
    return filtered ? (
      <NoMatch onClear={onClear} />
    ) : (
      <Empty
        icon={<TrendingUp aria-hidden />}
        title={<Trans>Belum ada pemakaian dalam rentang ini.</Trans>}
        action={
          mayRecord && (
            <Link to="/fuel/new" className={buttonLook('primary')}>
              <Trans>Catat BBM</Trans>
            </Link>
          )
        }
      >
        <Trans>Pemakaian per hari, minggu, dan bulan tergambar di sini begitu ada catatan.</Trans>
      </Empty>
    )
  }
  const days = trend.periods.map(one => one.start)
  const names = trend.periods.map(one => periodName(trend.period, one.start, one.end))
  const lines = trend.series.filter(one => !one.is_rest).slice(0, MOST_LINES)
  const before = trend.compare === 'previous' ? t`Periode sebelumnya` : t`Tahun lalu`
  const series: Series[] =
    trend.by === 'none'
      ? [
          {
            label: t`Pemakaian`,
            values: (trend.series[0]?.points ?? []).map(point => litres(point.volume_l)),
            ink: 'brand',
            look: 'bars',
          },
          ...(trend.compare
            ? [
                {
                  label: before,
                  values: (trend.series[0]?.points ?? []).map(point => litres(point.before_volume_l)),
                  ink: 'text',
                  look: 'dashed',
                } satisfies Series,
              ]
            : []),
        ]
      : lines.map((one, at) => ({
          label: one.name ?? '',
          values: one.points.map(point => litres(point.volume_l)),
          ...(LOOKS[at] ?? LOOKS[0]),
          broken: true,
        }))
  return (
    <Card title={<PeriodTitle period={trend.period} />}>
      <div className="flex flex-col gap-4">
        <Chart
          caption={<Finding trend={trend} />}
          days={days}
          names={names}
          unit="L"
          height={300}
          series={series}
        />
        {trend.by !== 'none' && <Parts trend={trend} shown={lines.length} />}
      </div>
    </Card>
  )
}

function PeriodTitle({ period }: { period: Trend['period'] }) {
  if (period === 'day') return <Trans>Pemakaian per hari</Trans>
  return period === 'week' ? <Trans>Pemakaian per minggu</Trans> : <Trans>Pemakaian per bulan</Trans>
}

/** How many records were judged ANOMALI and WASPADA in the same periods. */
function Statuses({ asked }: { asked: Asked }) {
  const { t, i18n } = useLingui()
  const trend = useQuery(statusTrendQuery(asked))
  if (trend.isPending) return <Skeleton lines={5} />
  if (trend.data === undefined) {
    return (
      <Failed
        what={<Trans>Penilaian belum bisa dimuat.</Trans>}
        error={trend.error}
        onRetry={() => void trend.refetch()}
      />
    )
  }
  const [series] = trend.data.series
  const { normal = 0, waspada = 0, anomali = 0 } = series?.total ?? {}
  if (!series || normal + waspada + anomali === 0) return null
  const judged = normal + waspada + anomali
  const alarming = percent(((waspada + anomali) / judged) * 100, 1)
  if (waspada + anomali === 0) {
    return (
      <Card title={<Trans>Penilaian</Trans>}>
        <p className="text-sm text-muted">
          <Plural value={judged} other="Semua # catatan dinilai normal." />
        </p>
      </Card>
    )
  }
  return (
    <Card title={<Trans>Penilaian</Trans>}>
      <Chart
        caption={
          <Trans>
            {number(anomali)} ANOMALI dan {number(waspada)} WASPADA dari {number(judged)} catatan ({alarming}
            ).
          </Trans>
        }
        days={trend.data.periods.map(one => one.start)}
        names={trend.data.periods.map(one => periodName(trend.data.period, one.start, one.end))}
        unit={t`catatan`}
        height={180}
        series={[
          {
            label: i18n._(statusWord('ANOMALI')),
            values: series.points.map(one => one.anomali),
            ink: 'anomali',
            look: 'line',
          },
          {
            label: i18n._(statusWord('WASPADA')),
            values: series.points.map(one => one.waspada),
            ink: 'waspada',
            look: 'dashed',
          },
        ]}
      />
    </Card>
  )
}
