/** Periods drawn beside each other, each picture with its finding. */
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useMemo } from 'react'
import { money, percent, quantity } from '@/lib/format'
import { Chart } from '@/ui/Chart'
import type { Series } from '@/ui/TimeChart'
import { changePct, extremes, valueOf, type Beside, type Line, type Measure } from './comparing'
import { rate } from './happenings'
import { periodWords } from './scopes'

/** Rayons that an eye can follow; the table has them all. */
const MOST_LINES = 4
const INKS = ['brand', 'text', 'info', 'muted'] as const
const LOOKS = ['line', 'dashed', 'line', 'dashed'] as const

interface SidesProps {
  sides: Beside
}

function useAxis({ periods }: Beside) {
  return useMemo(
    () => ({ days: periods.map(period => `${period}-01`), names: periods.map(periodWords) }),
    [periods],
  )
}

function values(line: Line | undefined, measure: Measure) {
  return (line?.figures ?? []).map(one => valueOf(one, measure))
}

function lineName(line: Line): string {
  const { rayon } = line
  return rayon === null ? i18n._(msg`Semua rayon`) : i18n._(msg`Rayon ${rayon || '–'}`)
}

function perRayon(sides: Beside, measure: Measure): Series[] {
  return sides.lines.slice(0, MOST_LINES).map((line, at) => ({
    label: lineName(line),
    values: values(line, measure),
    ink: INKS[at] ?? 'muted',
    look: LOOKS[at] ?? 'line',
    broken: true,
  }))
}

/** What each rayon was to be paid, while there are few enough lines already. */
function targets({ lines }: Beside): Series[] {
  if (lines.length > MOST_LINES / 2) return []
  return lines.map((line, at) => {
    const name = lineName(line)
    const label = i18n._(msg`${name}, target`)
    return { label, values: values(line, 'target'), ink: INKS[at] ?? 'muted', look: 'dotted' }
  })
}

function isParted({ lines }: Beside): boolean {
  return lines.some(line => line.rayon !== null)
}

export function MoneyChart({ sides }: SidesProps) {
  const { t } = useLingui()
  const axis = useAxis(sides)
  const [line] = sides.lines
  const series = useMemo(
    (): Series[] =>
      isParted(sides)
        ? [...perRayon(sides, 'paid'), ...targets(sides)]
        : [
            { label: t`Sudah dibayar`, values: values(line, 'paid'), ink: 'brand', look: 'bars' },
            { label: t`Target (ditagih)`, values: values(line, 'target'), ink: 'text', look: 'dashed' },
          ],
    [sides, line, t],
  )
  return <Chart caption={<PaidFinding sides={sides} />} {...axis} series={series} unit="Rp" height={260} />
}

function PaidFinding({ sides }: SidesProps) {
  const when = periodWords(sides.periods.at(-1) ?? '')
  if (isParted(sides)) {
    const [most] = sides.lines.toSorted((a, b) => (last(b, 'paid') ?? 0) - (last(a, 'paid') ?? 0))
    if (!most) return null
    const name = lineName(most)
    const paid = money(last(most, 'paid') ?? 0)
    const target = money(last(most, 'target') ?? 0)
    return (
      <Trans>
        {when}: terbanyak {name}, {paid} sudah dibayar dari {target} yang ditagih.
      </Trans>
    )
  }
  const figures = sides.lines[0]?.figures.at(-1)
  if (!figures) return null
  const paid = money(figures.paid.amount)
  const target = money(figures.target.amount)
  const left = money(figures.outstanding.amount)
  return (
    <Trans>
      {when}: {paid} sudah dibayar dari {target} yang ditagih; sisa {left}.
    </Trans>
  )
}

function last(line: Line, measure: Measure): number | null {
  return valueOf(line.figures.at(-1), measure)
}

export function RateChart({ sides }: SidesProps) {
  const { t } = useLingui()
  const axis = useAxis(sides)
  const [line] = sides.lines
  const series = useMemo(
    (): Series[] =>
      isParted(sides)
        ? perRayon(sides, 'rate')
        : [
            {
              label: t`Tingkat penagihan`,
              values: values(line, 'rate'),
              ink: 'brand',
              look: 'line',
              broken: true,
            },
          ],
    [sides, line, t],
  )
  return <Chart caption={<RateFinding sides={sides} />} {...axis} series={series} unit="%" height={220} />
}

function RateFinding({ sides }: SidesProps) {
  const parted = isParted(sides)
  const shares = parted ? sides.lines.map(line => last(line, 'rate')) : values(sides.lines[0], 'rate')
  const found = extremes(shares)
  if (!found) return <Trans>Belum ada yang ditagih.</Trans>
  const nameAt = (at: number) => {
    const line = sides.lines[at]
    return parted ? (line ? lineName(line) : '') : periodWords(sides.periods[at] ?? '')
  }
  const [high, low] = [rate(shares[found.highest] ?? null), rate(shares[found.lowest] ?? null)]
  const [best, worst] = [nameAt(found.highest), nameAt(found.lowest)]
  const when = periodWords(sides.periods.at(-1) ?? '')
  if (found.highest === found.lowest) {
    return (
      <Trans>
        {best}: {high}.
      </Trans>
    )
  }
  return parted ? (
    <Trans>
      {when}: tertinggi {best} dengan {high}, terendah {worst} dengan {low}.
    </Trans>
  ) : (
    <Trans>
      Tertinggi {high} pada {best}, terendah {low} pada {worst}.
    </Trans>
  )
}

export function VolumeChart({ sides }: SidesProps) {
  const { t } = useLingui()
  const axis = useAxis(sides)
  const [line] = sides.lines
  const series = useMemo(
    (): Series[] =>
      isParted(sides)
        ? perRayon(sides, 'volume')
        : [{ label: t`Kubikasi`, values: values(line, 'volume'), ink: 'info', look: 'bars' }],
    [sides, line, t],
  )
  return <Chart caption={<VolumeFinding sides={sides} />} {...axis} series={series} unit="m³" height={220} />
}

function VolumeFinding({ sides }: SidesProps) {
  const totals = sides.periods.map((_, at) =>
    sides.lines.reduce((sum, line) => sum + (valueOf(line.figures[at], 'volume') ?? 0), 0),
  )
  const now = totals.at(-1) ?? 0
  const change = changePct(now, totals.at(-2) ?? null)
  const when = periodWords(sides.periods.at(-1) ?? '')
  const volume = quantity(now, 'm³')
  if (change === null) {
    return (
      <Trans>
        {when}: {volume} ditagih.
      </Trans>
    )
  }
  const before = periodWords(sides.periods.at(-2) ?? '')
  const by = percent(Math.abs(change), 1)
  if (change === 0) {
    return (
      <Trans>
        {when}: {volume} ditagih, sama dengan {before}.
      </Trans>
    )
  }
  return change > 0 ? (
    <Trans>
      {when}: {volume} ditagih, naik {by} dari {before}.
    </Trans>
  ) : (
    <Trans>
      {when}: {volume} ditagih, turun {by} dari {before}.
    </Trans>
  )
}
