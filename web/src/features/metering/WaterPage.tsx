import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ChartColumn } from 'lucide-react'
import { lazy, useMemo, type ReactNode } from 'react'
import type { Ageing, Comparison, Days, KpiData } from '@/api'
import { ExportTool } from '@/app/ExportTool'
import { useMay } from '@/app/session'
import { date, money, number, percent, quantity } from '@/lib/format'
import { tidy } from '@/lib/search'
import { Chart } from '@/ui/Chart'
import { FilterBar } from '@/ui/FilterBar'
import { Narrowed } from '@/ui/Narrowed'
import { Page } from '@/ui/Page'
import { PrintTool } from '@/ui/PrintTool'
import { Empty, Failed, Skeleton } from '@/ui/States'
import type { Series } from '@/ui/TimeChart'
import { FigureTable } from './FigureTable'
import { useFollowingImports } from './following'
import { rate } from './happenings'
import { Part } from './Part'
import { AsOf, NotListed, ToImports } from './parts'
import {
  arrearsExport,
  arrearsQuery,
  daysExport,
  daysQuery,
  kpiQuery,
  paymentsExport,
  periodsExport,
  rayonsQuery,
  type Scope,
} from './queries'
import { periodWords } from './scopes'

const ScopeFields = lazy(() => import('./ScopeFields'))
const route = getRouteApi('/_app/water')
const FIGURES = ['getKpiData', 'followDays', 'compareRayons', 'getArrears', 'listScopes']

export function WaterPage() {
  const { t } = useLingui()
  const scope = route.useSearch()
  const navigate = route.useNavigate()
  const kpi = useQuery(kpiQuery(scope))
  useFollowingImports(FIGURES)
  const change = (next: Scope) => void navigate({ search: next, replace: true })
  return (
    <Page
      title={t`Dasbor PAM`}
      lead={<Trans>Berapa yang ditagih, berapa yang sudah dibayar, dan berapa yang menunggak.</Trans>}
    >
      <FilterBar active={Object.keys(scope).length} onClear={() => change({})} aside={<PrintTool />}>
        <ScopeFields scope={scope} newest={scope.period ? undefined : kpi.data?.periode} onChange={change} />
      </FilterBar>
      <Narrowed by={[scope.rayon && t`Rayon ${scope.rayon}`]} />
      {kpi.isPending ? (
        <Skeleton lines={8} />
      ) : kpi.data === undefined ? (
        <Failed
          what={<Trans>Angka periode ini belum bisa dimuat.</Trans>}
          error={kpi.error}
          onRetry={() => void kpi.refetch()}
        />
      ) : kpi.data.periode === null ? (
        <Empty
          icon={<ChartColumn aria-hidden />}
          title={<Trans>Belum ada tagihan.</Trans>}
          action={<ToImports />}
        >
          <Trans>Unggah berkas MC dan COLLECTION; tagihan dan pembayarannya muncul di sini.</Trans>
        </Empty>
      ) : (
        <>
          <Totals kpi={kpi.data} period={kpi.data.periode} rayon={scope.rayon} />
          <DaysCard scope={scope} />
          <div className="grid items-start gap-4 lg:grid-cols-2">
            <RayonsCard period={scope.period} />
            <ArrearsCard scope={scope} />
          </div>
        </>
      )}
    </Page>
  )
}

interface TotalsProps {
  kpi: KpiData
  period: string
  rayon: string | undefined
}

function Totals({ kpi, period, rayon }: TotalsProps) {
  const { t } = useLingui()
  const { target } = kpi
  const share = percent(kpi.collection_rate_nomen, 2)
  return (
    <section className="flex flex-col gap-2">
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-sm font-semibold">{periodWords(period)}</h2>
        <AsOf at={kpi.data_as_of} />
        <div className="ml-auto">
          <ExportTool label={t`Ekspor angka`} {...periodsExport(tidy({ from: period, to: period, rayon }))} />
        </div>
      </div>
      <div className="grid grid-cols-1 gap-3 min-[420px]:grid-cols-2 lg:grid-cols-4">
        <Figure label={<Trans>Tingkat penagihan</Trans>} value={percent(kpi.collection_rate, 2)}>
          <Trans>{share} pelanggan sudah membayar</Trans>
        </Figure>
        <Figure label={<Trans>Ditagih</Trans>} value={money(target.total_nominal)}>
          <Plural value={target.total_nomen} other="# pelanggan" />
        </Figure>
        <Figure label={<Trans>Sudah dibayar</Trans>} value={money(target.sudah_bayar_nominal)}>
          <Plural value={target.sudah_bayar_nomen} other="# pelanggan" />
        </Figure>
        <Figure label={<Trans>Kubikasi</Trans>} value={quantity(kpi.total_kubikasi, 'm³')}>
          <Plural value={kpi.total_pelanggan} other="# pelanggan tercatat" />
        </Figure>
      </div>
    </section>
  )
}

function Figure({ label, value, children }: { label: ReactNode; value: string; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line px-4 py-3">
      <p className="text-xs font-medium text-muted">{label}</p>
      <p className="text-lg font-semibold break-words tabular">{value}</p>
      <p className="text-xs text-muted">{children}</p>
    </div>
  )
}

function DaysCard({ scope }: { scope: Scope }) {
  const { t } = useLingui()
  const days = useQuery(daysQuery(scope))
  const seesPayments = useMay('collections', 'r')
  const { rayon } = scope
  const period = days.data?.period
  return (
    <Part
      title={<Trans>Pembayaran dari hari ke hari</Trans>}
      aside={
        period && (
          <div className="flex flex-wrap">
            <ExportTool label={t`Ekspor per hari`} {...daysExport(scope)} />
            {seesPayments && (
              <ExportTool
                label={t`Ekspor pembayaran`}
                {...paymentsExport({ period, ...(rayon && { rayon }) })}
              />
            )}
          </div>
        )
      }
      query={days}
    >
      {data => <PaidByDay days={data} />}
    </Part>
  )
}

function PaidByDay({ days }: { days: Days }) {
  const { t } = useLingui()
  const { items, target } = days
  const series = useMemo(
    (): Series[] => [
      {
        label: t`Dibayar sampai hari itu`,
        values: items.map(one => Number(one.paid_until_then.amount)),
        ink: 'brand',
        look: 'line',
      },
      { label: t`Ditagih`, values: items.map(() => Number(target.amount)), ink: 'text', look: 'dashed' },
    ],
    [items, target, t],
  )
  const last = items.at(-1)
  if (!last) {
    return (
      <p className="text-sm text-muted">
        <Trans>Belum ada pembayaran untuk periode ini.</Trans>
      </p>
    )
  }
  const until = date(last.day)
  const paid = money(last.paid_until_then.amount)
  const share = rate(last.collection_rate)
  return (
    <Chart
      caption={
        <Trans>
          Sampai {until} sudah dibayar {paid}, {share} dari yang ditagih.
        </Trans>
      }
      days={items.map(one => one.day)}
      series={series}
      unit="Rp"
      height={240}
    />
  )
}

function RayonsCard({ period }: { period: string | undefined }) {
  const { t } = useLingui()
  const rayons = useQuery(rayonsQuery(period))
  const of = period ?? rayons.data?.items[0]?.period
  return (
    <Part
      title={<Trans>Per rayon</Trans>}
      aside={
        of && <ExportTool label={t`Ekspor per rayon`} {...periodsExport({ from: of, to: of, by: 'rayon' })} />
      }
      query={rayons}
    >
      {data => <Rayons comparison={data} />}
    </Part>
  )
}

function Rayons({ comparison }: { comparison: Comparison }) {
  const { t } = useLingui()
  return (
    <FigureTable
      label={t`Per rayon`}
      head={[t`Rayon`, t`Ditagih`, t`Sudah dibayar`, t`Tingkat penagihan`]}
      rows={comparison.items.map(one => ({
        id: one.rayon ?? '',
        cells: [
          one.rayon || '–',
          money(one.target.amount),
          money(one.paid.amount),
          rate(one.collection_rate),
        ],
      }))}
    />
  )
}

function ArrearsCard({ scope }: { scope: Scope }) {
  const { t } = useLingui()
  const arrears = useQuery(arrearsQuery(scope))
  return (
    <Part
      title={<Trans>Tunggakan menurut umur</Trans>}
      aside={<ExportTool label={t`Ekspor tunggakan`} {...arrearsExport(scope)} />}
      query={arrears}
    >
      {data => <Bands ageing={data} />}
    </Part>
  )
}

function Bands({ ageing }: { ageing: Ageing }) {
  const { t } = useLingui()
  if (ageing.listed_on === null) return <NotListed newest={ageing.newest_period} />
  const day = date(ageing.listed_on)
  return (
    <div className="flex flex-col gap-2">
      <p className="text-sm text-muted">
        <Trans>Menurut daftar tunggakan per {day}.</Trans>
      </p>
      <FigureTable
        label={t`Tunggakan menurut umur`}
        head={[t`Umur (hari)`, t`Pelanggan`, t`Tagihan`, t`Jumlah`, t`Denda`]}
        rows={ageing.items.map(one => ({
          id: one.days,
          cells: [
            one.days,
            number(one.customers),
            number(one.bills),
            money(one.amount.amount),
            money(one.penalty.amount),
          ],
        }))}
      />
    </div>
  )
}
