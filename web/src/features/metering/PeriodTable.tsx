import { useLingui } from '@lingui/react/macro'
import { money, number, quantity } from '@/lib/format'
import { changePct, valueOf, type Beside, type Line } from './comparing'
import { FigureTable } from './FigureTable'
import { rate, signedPct } from './happenings'
import { periodWords } from './scopes'

/** Every figure of every period, newest first; with rayons, each in its own line. */
export function PeriodTable({ sides }: { sides: Beside }) {
  const { t } = useLingui()
  const parted = sides.lines.some(line => line.rayon !== null)
  const lines = sides.lines.toSorted((a, b) =>
    (a.rayon ?? '').localeCompare(b.rayon ?? '', undefined, { numeric: true }),
  )
  const head = [
    t`Periode`,
    ...(parted ? [t`Rayon`] : []),
    t`Pelanggan`,
    t`Kubikasi`,
    t`Ditagih`,
    t`Sudah dibayar`,
    t`Belum dibayar`,
    t`Tingkat penagihan`,
    t`Perubahan dibayar`,
  ]
  const rows = sides.periods
    .map((period, at) => ({ period, at }))
    .toReversed()
    .flatMap(({ period, at }) => lines.map(line => ({ period, at, line })))
    .flatMap(({ period, at, line }) => {
      const figures = line.figures[at]
      if (!figures) return []
      return {
        id: `${period} ${line.rayon}`,
        cells: [
          periodWords(period),
          ...(parted ? [line.rayon || '–'] : []),
          number(figures.customers),
          quantity(figures.volume_m3, 'm³'),
          money(figures.target.amount),
          money(figures.paid.amount),
          money(figures.outstanding.amount),
          rate(figures.collection_rate),
          change(line, at),
        ],
      }
    })
  return <FigureTable label={t`Angka per periode`} head={head} rows={rows} />
}

/** `+4,2%` of what was paid, against the period before. */
function change(line: Line, at: number): string {
  return signedPct(changePct(valueOf(line.figures[at], 'paid'), valueOf(line.figures[at - 1], 'paid')))
}
