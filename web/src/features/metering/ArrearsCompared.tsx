import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import type { Ageing } from '@/api'
import { money } from '@/lib/format'
import { tidy } from '@/lib/search'
import { changePct } from './comparing'
import { FigureTable } from './FigureTable'
import { signedPct } from './happenings'
import { Part } from './Part'
import { NotListed } from './parts'
import { arrearsQuery } from './queries'
import { periodWords } from './scopes'

interface ComparedProps {
  period: string
  before: string
  rayon: string | undefined
}

/** What is owed as of the newest period, by its age, beside what was owed a period before. */
export function ArrearsCompared({ period, before, rayon }: ComparedProps) {
  const newer = useQuery(arrearsQuery(tidy({ period, rayon })))
  const older = useQuery(arrearsQuery(tidy({ period: before, rayon })))
  const failed = newer.isError ? newer : older
  const both = newer.data && older.data ? { newer: newer.data, older: older.data } : undefined
  return (
    <Part
      title={<Trans>Tunggakan menurut umur</Trans>}
      query={{
        data: both,
        isPending: newer.isPending || older.isPending,
        error: failed.error,
        refetch: () => Promise.all([newer.refetch(), older.refetch()]),
      }}
    >
      {data => <Bands newer={data.newer} older={data.older} periods={[period, before]} />}
    </Part>
  )
}

function total({ items }: Ageing): number {
  return items.reduce((sum, one) => sum + Number(one.amount.amount), 0)
}

interface BandsProps {
  newer: Ageing
  older: Ageing
  periods: readonly [string, string]
}

function Bands({ newer, older, periods: [period, before] }: BandsProps) {
  const { t } = useLingui()
  const [now, then] = [total(newer), total(older)]
  const [when, earlier] = [periodWords(period), periodWords(before)]
  if (newer.listed_on === null) return <NotListed newest={newer.newest_period} />
  if (now === 0 && then === 0 && older.listed_on !== null) {
    return (
      <p className="text-sm text-muted">
        <Trans>Tidak ada tunggakan pada kedua periode.</Trans>
      </p>
    )
  }
  const was = (amount: number) => (older.listed_on === null ? t`tidak ada daftar` : money(amount))
  const [owed, owedThen] = [money(now), was(then)]
  const rows = newer.items.map(one => {
    const old = older.items.find(other => other.days === one.days)
    return [one.days, Number(one.amount.amount), Number(old?.amount.amount ?? 0)] as const
  })
  return (
    <div className="flex flex-col gap-2">
      <p className="max-w-prose text-sm text-muted">
        <Trans>
          {when}: {owed} menunggak; {earlier}: {owedThen}.
        </Trans>
      </p>
      <FigureTable
        label={t`Tunggakan menurut umur`}
        head={[t`Umur (hari)`, earlier, when, t`Perubahan`]}
        rows={[...rows, [t`Jumlah`, now, then] as const].map(([days, amount, old]) => ({
          id: days,
          cells: [
            days,
            was(old),
            money(amount),
            older.listed_on === null ? '–' : signedPct(changePct(amount, old)),
          ],
        }))}
      />
    </div>
  )
}
