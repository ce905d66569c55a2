import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMemo, type ReactNode } from 'react'
import type { AnomalyDetail } from '@/api'
import { useCatalogue } from '@/app/catalogue'
import { Milder, Reason } from '@/app/Reason'
import { date, moment, percent, quantity } from '@/lib/format'
import { Chart } from '@/ui/Chart'
import { Drawer } from '@/ui/Dialog'
import { Failed, Skeleton } from '@/ui/States'
import { StatusBadge } from '@/ui/StatusBadge'
import type { Series } from '@/ui/TimeChart'
import { anomalyQuery } from './queries'

/** One verdict: what was used, what is usual, what would have been calmer, and what it was judged against. */
export default function Detail({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useLingui()
  const detail = useQuery({ ...anomalyQuery(id ?? ''), enabled: id !== undefined })
  const verdict = detail.data
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={
        verdict
          ? `${verdict.location.name} · ${verdict.product.name}`
          : t({ message: 'Penilaian', context: 'satu' })
      }
      description={verdict && date(verdict.date)}
    >
      {verdict ? (
        <Body verdict={verdict} />
      ) : detail.isError ? (
        <Failed
          what={<Trans>Penilaian ini belum bisa dimuat.</Trans>}
          error={detail.error}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <Skeleton lines={7} />
      )}
    </Drawer>
  )
}

function Body({ verdict }: { verdict: AnomalyDetail }) {
  const { locationOf } = useCatalogue()
  const zone = locationOf.get(verdict.location.id)?.timezone
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <StatusBadge status={verdict.status} className="self-start" />
        <p className="text-sm">
          <Reason verdict={verdict} />
        </p>
        {verdict.milder.length > 0 && (
          <p className="text-sm font-medium">
            <Milder verdict={verdict} />
          </p>
        )}
      </div>
      <dl className="grid grid-cols-3 divide-x divide-line rounded-lg border border-line">
        <Fact name={<Trans>Volume</Trans>}>{quantity(verdict.volume, 'L')}</Fact>
        <Fact name={<Trans>Baseline</Trans>}>
          {verdict.baseline === null ? '–' : quantity(verdict.baseline, 'L')}
        </Fact>
        <Fact name={<Trans>Skor</Trans>}>
          {verdict.risk_score === null ? '–' : percent(verdict.risk_score, 2)}
        </Fact>
      </dl>
      {verdict.history.length > 0 && <History verdict={verdict} />}
      {verdict.revisions.length > 0 && <Revisions verdict={verdict} zone={zone} />}
      <p className="text-xs text-muted">
        <Trans>Dinilai {moment(verdict.judged_at, zone)}</Trans>
        {' · '}
        <JudgedBy thresholds={verdict.thresholds} />
      </p>
    </div>
  )
}

function JudgedBy({ thresholds }: { thresholds: AnomalyDetail['thresholds'] }) {
  const waspada = percent(thresholds.waspada_pct, 4)
  const anomali = percent(thresholds.anomali_pct, 4)
  return (
    <Trans>
      Waspada mulai {waspada}, anomali di atas {anomali}
    </Trans>
  )
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 px-2.5 py-2 sm:px-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="truncate text-sm font-semibold tabular sm:text-base">{children}</dd>
    </div>
  )
}

function History({ verdict }: { verdict: AnomalyDetail }) {
  const { t } = useLingui()
  const { days, series } = useMemo(() => {
    const past = verdict.history.toSorted((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1))
    // Several facts of one day stand side by side in the table; the chart needs one place for each.
    const points = [...past, { date: verdict.date, volume: verdict.volume }]
    const own = points.length - 1
    const level = (factor: number) =>
      points.map(() => (verdict.baseline === null ? null : Number(verdict.baseline) * factor))
    const list: Series[] = [
      {
        label: t`Riwayat`,
        values: points.map((point, at) => (at === own ? null : Number(point.volume))),
        ink: 'brand',
        look: 'line',
      },
      ...(verdict.baseline === null
        ? []
        : [
            { label: t`Baseline`, values: level(1), ink: 'muted' as const, look: 'dashed' as const },
            {
              label: t`Batas Waspada`,
              values: level(Number(verdict.thresholds.waspada_pct) / 100),
              ink: 'waspada' as const,
              look: 'dotted' as const,
            },
            {
              label: t`Batas Anomali`,
              values: level(Number(verdict.thresholds.anomali_pct) / 100),
              ink: 'anomali' as const,
              look: 'dotted' as const,
              bandTo: 2,
            },
          ]),
      {
        label: t`Catatan ini`,
        values: points.map((_, at) => (at === own ? Number(verdict.volume) : null)),
        ink: verdict.status === 'ANOMALI' ? 'anomali' : verdict.status === 'WASPADA' ? 'waspada' : 'normal',
        look: 'points',
      },
    ]
    return { days: points.map(point => point.date), series: list }
  }, [verdict, t])
  const count = verdict.history.length
  const past = verdict.history.map(one => Number(one.volume))
  const lowest = quantity(Math.min(...past), 'L')
  const highest = quantity(Math.max(...past), 'L')
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Dinilai terhadap</Trans>
      </h3>
      <Chart
        caption={
          <Plural
            value={count}
            other={`# catatan terakhir di lokasi dan produk yang sama: ${lowest} sampai ${highest}.`}
          />
        }
        days={days}
        series={series}
        unit="L"
        height={200}
      />
    </section>
  )
}

function Revisions({ verdict, zone }: { verdict: AnomalyDetail; zone: string | undefined }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Penilaian sebelumnya</Trans>
      </h3>
      <p className="text-sm text-muted">
        <Trans>Catatan ini atau riwayatnya berubah, jadi dinilai ulang. Yang lama tetap disimpan.</Trans>
      </p>
      <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
        {verdict.revisions.map(old => (
          <li key={old.judged_at} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
            <StatusBadge status={old.status} />
            <span className="tabular">{quantity(old.volume, 'L')}</span>
            <span className="text-muted tabular">
              {old.risk_score === null ? '–' : percent(old.risk_score)}
            </span>
            <span className="ml-auto text-xs text-muted">{moment(old.judged_at, zone)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
