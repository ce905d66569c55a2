import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Scale } from 'lucide-react'
import { lazy, useMemo } from 'react'
import type { Comparison } from '@/api'
import { ExportTool } from '@/app/ExportTool'
import { useMay } from '@/app/session'
import { clock } from '@/lib/format'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { Card, Page } from '@/ui/Page'
import { PrintTool } from '@/ui/PrintTool'
import { Empty, Failed, NoMatch, Skeleton, Stale } from '@/ui/States'
import { beside, type Beside } from './comparing'
import { AnomaliesCompared } from './AnomaliesCompared'
import { ArrearsCompared } from './ArrearsCompared'
import { MoneyChart, RateChart, VolumeChart } from './ComparisonCharts'
import { useFollowingImports } from './following'
import { PaceCompared } from './PaceCompared'
import { AsOf, ToImports } from './parts'
import { PeriodTable } from './PeriodTable'
import { periodsExport, periodsQuery, type Span } from './queries'
import { periodWords } from './scopes'

const ComparisonFields = lazy(() => import('./ComparisonFields'))
const route = getRouteApi('/_app/comparison')
const FIGURES = ['listScopes', 'comparePeriods', 'followDays', 'getArrears', 'summariseMeterAnomalies']

export function ComparisonPage() {
  const { t } = useLingui()
  const span = route.useSearch()
  const { by, ...narrowing } = span
  const navigate = route.useNavigate()
  const compared = useQuery(periodsQuery(span))
  const sides = useMemo(() => beside(compared.data?.items ?? []), [compared.data])
  useFollowingImports(FIGURES)
  const change = (next: Span) => void navigate({ search: next, replace: true })
  const clear = () => change(by ? { by } : {})
  const active = Object.keys(narrowing).length
  const at = clock(compared.dataUpdatedAt)
  return (
    <Page
      title={t`Perbandingan`}
      lead={
        <Trans>
          Periode dan rayon bersebelahan: apa yang naik, apa yang turun, dan seberapa jauh dari target.
        </Trans>
      }
    >
      <FilterBar
        active={active}
        onClear={clear}
        chips={
          <>
            <Chip pressed={by === undefined} onClick={() => change(narrowing)}>
              <Trans context="rayon">Semua</Trans>
            </Chip>
            <Chip pressed={by === 'rayon'} onClick={() => change({ ...narrowing, by: 'rayon' })}>
              <Trans>Per rayon</Trans>
            </Chip>
          </>
        }
        aside={
          <>
            <ExportTool {...periodsExport(span)} />
            <PrintTool />
          </>
        }
      >
        <ComparisonFields
          span={span}
          shown={{ first: sides.periods[0], last: sides.periods.at(-1) }}
          onChange={change}
        />
      </FilterBar>
      {compared.isPending ? (
        <Skeleton lines={10} />
      ) : compared.data === undefined ? (
        <Failed
          what={<Trans>Perbandingan belum bisa dimuat.</Trans>}
          error={compared.error}
          onRetry={() => void compared.refetch()}
        />
      ) : sides.periods.length === 0 ? (
        active > 0 ? (
          <NoMatch onClear={clear} />
        ) : (
          <Empty
            icon={<Scale aria-hidden />}
            title={<Trans>Belum ada periode untuk dibandingkan.</Trans>}
            action={<ToImports />}
          >
            <Trans>Unggah berkas MC beberapa bulan; setiap periode tergambar di sini.</Trans>
          </Empty>
        )
      ) : (
        <>
          {compared.isError && (
            <Stale>
              <Trans>Data per {at}. Pembaruan belum berhasil.</Trans>
            </Stale>
          )}
          <Sides sides={sides} comparison={compared.data} rayon={span.rayon} />
        </>
      )}
    </Page>
  )
}

interface SidesProps {
  sides: Beside
  comparison: Comparison
  rayon: string | undefined
}

function Sides({ sides, comparison, rayon }: SidesProps) {
  const seesAnomalies = useMay('anomalies', 'r')
  const [first, last] = [sides.periods[0] ?? '', sides.periods.at(-1) ?? '']
  const before = sides.periods.at(-2)
  const [since, until] = [periodWords(first), periodWords(last)]
  return (
    <>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <h2 className="text-sm font-semibold">
          {first === last ? until : `${since} – ${until}`}
          {rayon !== undefined && (
            <>
              {' · '}
              <Trans>Rayon {rayon}</Trans>
            </>
          )}
        </h2>
        <AsOf at={comparison.data_as_of} />
      </div>
      <Card title={<Trans>Target dan realisasi</Trans>}>
        <MoneyChart sides={sides} />
      </Card>
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Card title={<Trans>Tingkat penagihan</Trans>}>
          <RateChart sides={sides} />
        </Card>
        <Card title={<Trans>Kubikasi</Trans>}>
          <VolumeChart sides={sides} />
        </Card>
      </div>
      <Card title={<Trans>Angka per periode</Trans>}>
        <PeriodTable sides={sides} />
      </Card>
      {before !== undefined && (
        <div className="grid items-start gap-4 lg:grid-cols-2">
          <PaceCompared period={last} before={before} rayon={rayon} />
          <ArrearsCompared period={last} before={before} rayon={rayon} />
        </div>
      )}
      {seesAnomalies && <AnomaliesCompared periods={sides.periods} rayon={rayon} />}
    </>
  )
}
