import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import type { AnomalyDetail } from '@/api'
import { quantity } from '@/lib/format'
import { Chart } from '@/ui/Chart'
import type { Series } from '@/ui/TimeChart'

const INKS = { ANOMALI: 'anomali', WASPADA: 'waspada', NORMAL: 'normal' } as const

/** What a record was judged against: the earlier ones, the rule's bounds, and what the detector found usual. */
export function History({ verdict }: { verdict: AnomalyDetail }) {
  const { t } = useLingui()
  const { days, series } = useMemo(() => {
    const past = verdict.history.toSorted((a, b) => (a.date === b.date ? 0 : a.date < b.date ? -1 : 1))
    // Several facts of one day stand side by side in the table; the chart needs one place for each.
    const points = [
      ...past,
      {
        date: verdict.date,
        volume: verdict.volume,
        usual_from: verdict.second_opinion?.usual_from ?? null,
        usual_to: verdict.second_opinion?.usual_to ?? null,
      },
    ]
    const own = points.length - 1
    const knowsUsual = points.some(point => point.usual_to !== null)
    const bounds: Series[] = []
    if (knowsUsual) {
      bounds.push(
        {
          label: t`Wajar, terendah`,
          values: points.map(point => (point.usual_to === null ? null : Number(point.usual_from ?? 0))),
          ink: 'info',
          look: 'dashed',
        },
        {
          label: t`Wajar, tertinggi`,
          values: points.map(point => (point.usual_to === null ? null : Number(point.usual_to))),
          ink: 'info',
          look: 'dashed',
          bandTo: 0,
        },
      )
    }
    if (verdict.baseline !== null) {
      const baseline = Number(verdict.baseline)
      const level = (pct: number) => points.map(() => (baseline * pct) / 100)
      const waspada = bounds.length + 1
      bounds.push(
        { label: t`Baseline`, values: level(100), ink: 'muted', look: 'dashed' },
        {
          label: t`Batas Waspada`,
          values: level(Number(verdict.thresholds.waspada_pct)),
          ink: 'waspada',
          look: 'dotted',
        },
        {
          label: t`Batas Anomali`,
          values: level(Number(verdict.thresholds.anomali_pct)),
          ink: 'anomali',
          look: 'dotted',
          // Two bands over each other would be neither.
          ...(!knowsUsual && { bandTo: waspada }),
        },
      )
    }
    const list: Series[] = [
      ...bounds,
      {
        label: t`Riwayat`,
        values: points.map((point, at) => (at === own ? null : Number(point.volume))),
        ink: 'brand',
        look: 'line',
      },
      {
        label: t`Catatan ini`,
        values: points.map((_, at) => (at === own ? Number(verdict.volume) : null)),
        ink: INKS[verdict.status],
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
