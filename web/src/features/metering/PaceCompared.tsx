import { Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Days } from '@/api'
import { tidy } from '@/lib/search'
import { date } from '@/lib/format'
import { Chart } from '@/ui/Chart'
import type { Series } from '@/ui/TimeChart'
import { paced } from './comparing'
import { rate } from './happenings'
import { Part } from './Part'
import { daysQuery } from './queries'
import { periodWords } from './scopes'

interface ComparedProps {
  period: string
  before: string
  rayon: string | undefined
}

/** How fast the newest period is paid, against the one before it after equally many days. */
export function PaceCompared({ period, before, rayon }: ComparedProps) {
  const newer = useQuery(daysQuery(tidy({ period, rayon })))
  const older = useQuery(daysQuery(tidy({ period: before, rayon })))
  const failed = newer.isError ? newer : older
  const both = newer.data && older.data ? { newer: newer.data, older: older.data } : undefined
  return (
    <Part
      title={<Trans>Laju pembayaran</Trans>}
      query={{
        data: both,
        isPending: newer.isPending || older.isPending,
        error: failed.error,
        refetch: () => Promise.all([newer.refetch(), older.refetch()]),
      }}
    >
      {data => <Pace newer={data.newer} older={data.older} />}
    </Part>
  )
}

function Pace({ newer, older }: { newer: Days; older: Days }) {
  const pace = useMemo(() => paced(newer, older), [newer, older])
  const series = useMemo(
    (): Series[] =>
      pace
        ? [
            { label: periodWords(newer.period ?? ''), values: pace.now, ink: 'brand', look: 'line' },
            { label: periodWords(older.period ?? ''), values: pace.before, ink: 'text', look: 'dashed' },
          ]
        : [],
    [pace, newer, older],
  )
  const at = pace ? pace.now.findLastIndex(share => share !== null) : -1
  if (!pace || at < 0) {
    return (
      <p className="text-sm text-muted">
        <Trans>Belum ada pembayaran untuk periode ini.</Trans>
      </p>
    )
  }
  const until = date(pace.days[at] ?? '')
  const share = rate(pace.now[at] ?? null)
  const known = pace.before.findLast((one, index) => index <= at && one !== null) ?? null
  const then = rate(known)
  const when = periodWords(older.period ?? '')
  return (
    <Chart
      caption={
        <Trans>
          Sampai {until} sudah dibayar {share}; {when} pada hari yang sama {then}.
        </Trans>
      }
      days={pace.days}
      series={series}
      unit="%"
      height={220}
    />
  )
}
