import { Trans, useLingui } from '@lingui/react/macro'
import { useQueries } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Kind, MeterSummary } from '@/api'
import { useMay } from '@/app/session'
import { number } from '@/lib/format'
import { tidy } from '@/lib/search'
import { FigureTable } from './FigureTable'
import { KIND_LOOK, KINDS } from '@/app/kinds'
import { Part } from './Part'
import { meterSummaryQuery } from './queries'
import { periodWords } from './scopes'

/** As many as are compared when nothing is chosen; each is counted by itself. */
const MOST_PERIODS = 12

interface AnomaliesComparedProps {
  /** Oldest first. */
  periods: readonly string[]
  rayon: string | undefined
}

/** How many customers each kind of anomaly holds of, period by period. */
export function AnomaliesCompared({ periods, rayon }: AnomaliesComparedProps) {
  const counted = periods.slice(-MOST_PERIODS)
  const summaries = useQueries({
    queries: counted.map(period => meterSummaryQuery(tidy({ period, rayon }))),
  })
  const known = summaries.flatMap(one => one.data ?? [])
  return (
    <Part
      title={<Trans>Anomali meter per jenis</Trans>}
      query={{
        data: known.length === counted.length ? known : undefined,
        isPending: summaries.some(one => one.isPending),
        error: summaries.find(one => one.isError)?.error ?? null,
        refetch: () => Promise.all(summaries.map(one => one.refetch())),
      }}
    >
      {data => (
        <>
          {counted.length < periods.length && (
            <p className="text-sm text-muted">
              <Trans>Hanya {MOST_PERIODS} periode terakhir.</Trans>
            </p>
          )}
          <Kinds summaries={data} rayon={rayon} />
        </>
      )}
    </Part>
  )
}

function Kinds({ summaries, rayon }: { summaries: readonly MeterSummary[]; rayon: string | undefined }) {
  const { t, i18n } = useLingui()
  const seesMeter = useMay('meters', 'r')
  const judged = summaries.filter(one => one.judged > 0).toReversed()
  if (judged.length === 0) {
    return (
      <p className="text-sm text-muted">
        <Trans>Belum ada pembacaan meter yang dinilai dalam periode ini.</Trans>
      </p>
    )
  }
  const cell = (period: string, kind: Kind, count: number) =>
    count > 0 && seesMeter ? (
      <Link to="/meter" search={tidy({ period, kind, rayon })} className="text-brand hover:underline">
        {number(count)}
        <span className="sr-only"> {i18n._(KIND_LOOK[kind].word)}</span>
      </Link>
    ) : (
      number(count)
    )
  return (
    <div className="flex flex-col gap-2">
      <p className="max-w-prose text-sm text-muted">
        <Finding judged={judged} />
      </p>
      <FigureTable
        label={t`Anomali meter per jenis`}
        head={[t`Periode`, ...KINDS.map(kind => i18n._(KIND_LOOK[kind].word)), t`Pelanggan`, t`Dinilai`]}
        rows={judged.map(one => {
          const period = one.period ?? ''
          return {
            id: period,
            cells: [
              periodWords(period),
              ...KINDS.map(kind => cell(period, kind, countOf(one, kind))),
              number(one.distinct_customers),
              number(one.judged),
            ],
          }
        })}
      />
    </div>
  )
}

function countOf(summary: MeterSummary | undefined, kind: Kind): number {
  return summary?.anomalies[kind]?.count ?? 0
}

/** Which kind is most frequent in the newest period, and how it stood before. */
function Finding({ judged }: { judged: readonly MeterSummary[] }) {
  const { i18n } = useLingui()
  const [newest, before] = judged
  const [most] = KINDS.toSorted((a, b) => countOf(newest, b) - countOf(newest, a))
  const when = periodWords(newest?.period ?? '')
  if (!most || countOf(newest, most) === 0) return <Trans>{when}: semua pembacaan wajar.</Trans>
  const kind = i18n._(KIND_LOOK[most].word)
  const count = number(countOf(newest, most))
  if (!before) {
    return (
      <Trans>
        {when}: terbanyak {kind}, {count} pelanggan.
      </Trans>
    )
  }
  const earlier = periodWords(before.period ?? '')
  const then = number(countOf(before, most))
  return (
    <Trans>
      {when}: terbanyak {kind}, {count} pelanggan; {earlier}: {then}.
    </Trans>
  )
}
