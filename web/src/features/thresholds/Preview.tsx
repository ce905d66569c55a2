/** What a draft would have said of the last year, before it is activated. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { BacktestCounts, BacktestOut, Summary } from '@/api'
import { Reason } from '@/app/Reason'
import { date, dayAfter, number, today } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Failed, Skeleton } from '@/ui/States'
import { StatusBadge, statusWord, type Status } from '@/ui/StatusBadge'
import { backtestQuery, type Draft } from './queries'

const DAYS = 365
const STATUSES: readonly { status: Status; field: keyof Summary; bar: string }[] = [
  { status: 'NORMAL', field: 'normal', bar: 'bg-normal' },
  { status: 'WASPADA', field: 'waspada', bar: 'bg-waspada' },
  { status: 'ANOMALI', field: 'anomali', bar: 'bg-anomali' },
]

export function Preview({ draft }: { draft: Draft | null }) {
  const { t } = useLingui()
  const list = useInfiniteQuery(backtestQuery(draft, dayAfter(today(), -DAYS)))
  const result = list.data?.pages[0]?.counts
  return (
    <section aria-label={t`Uji pada setahun terakhir`} className="mt-6 flex flex-col gap-3">
      <h3 className="text-sm font-semibold">
        <Trans>Uji pada setahun terakhir</Trans>
      </h3>
      {!draft ? (
        <p className="text-sm text-muted">
          <Trans>Perbaiki isian di atas untuk melihat akibatnya.</Trans>
        </p>
      ) : list.isError ? (
        <Failed
          what={<Trans>Uji ini belum bisa dijalankan.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : !result ? (
        <Skeleton lines={4} />
      ) : (
        <Result
          result={result}
          changes={(list.data?.pages ?? []).flatMap(page => page.items)}
          more={
            list.hasNextPage && (
              <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                <Trans>Muat lagi</Trans>
              </Button>
            )
          }
        />
      )}
    </section>
  )
}

interface ResultProps {
  result: BacktestCounts
  changes: BacktestOut['items']
  more: React.ReactNode
}

function Result({ result, changes, more }: ResultProps) {
  const { t } = useLingui()
  const facts = number(result.facts)
  const changed = number(result.changed)
  return (
    <>
      <p role="status" className="text-sm">
        {result.facts === 0 ? (
          <Trans>Belum ada catatan yang dinilai dengan ambang ini.</Trans>
        ) : (
          <Trans>
            {changed} dari {facts} penilaian akan berbeda.
          </Trans>
        )}
      </p>
      {result.facts > 0 && <Bars result={result} />}
      {changes.length > 0 && (
        <ul
          aria-label={t`Penilaian yang berbeda`}
          className="divide-y divide-line rounded-lg border border-line"
        >
          {changes.map(one => (
            <li key={one.fact_id} className="flex flex-col gap-1 px-3 py-2 text-sm">
              <span className="flex flex-wrap items-center justify-between gap-2">
                <span className="font-medium">
                  {one.location.name} · {one.product.name}
                </span>
                <span className="text-xs text-muted">{date(one.date)}</span>
              </span>
              <span className="flex flex-wrap items-center gap-1.5">
                <StatusBadge status={one.before} />
                <span aria-hidden>→</span>
                <span className="sr-only">
                  <Trans>menjadi</Trans>
                </span>
                <StatusBadge status={one.after} />
              </span>
              <span className="text-xs text-muted">
                <Reason verdict={one} />
              </span>
            </li>
          ))}
        </ul>
      )}
      {more}
    </>
  )
}

/** How many of each status, as said and as the draft would say; the longest bar is the largest count. */
function Bars({ result }: { result: BacktestCounts }) {
  const { i18n } = useLingui()
  const { before, after } = result
  const most = Math.max(...STATUSES.flatMap(({ field }) => [before[field], after[field]]), 1)
  return (
    <table className="w-full text-sm">
      <thead className="sr-only">
        <tr>
          <th scope="col">
            <Trans>Status</Trans>
          </th>
          <th scope="col">
            <Trans>Sekarang</Trans>
          </th>
          <th scope="col">
            <Trans>Dengan ambang ini</Trans>
          </th>
        </tr>
      </thead>
      <tbody>
        {STATUSES.map(({ status, field, bar }) => (
          <tr key={status}>
            <th scope="row" className="w-20 py-1 pr-2 text-left font-normal">
              {i18n._(statusWord(status))}
            </th>
            {(['before', 'after'] as const).map(side => (
              <td key={side} className="py-1 pr-2">
                <span className="flex items-center gap-2">
                  <span
                    aria-hidden
                    className={`block h-2.5 shrink-0 rounded-sm ${bar} ${side === 'before' ? 'opacity-50' : ''}`}
                    style={{
                      width: `${(result[side][field] / most) * 60}%`,
                      minWidth: result[side][field] > 0 ? 2 : 0,
                    }}
                  />
                  <span className="tabular">{number(result[side][field])}</span>
                </span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <caption className="caption-bottom pt-1 text-left text-xs text-muted">
        <Plural
          value={result.by_location.length}
          other="Kiri: seperti dinilai. Kanan: dengan ambang ini. # lokasi."
        />
      </caption>
    </table>
  )
}
