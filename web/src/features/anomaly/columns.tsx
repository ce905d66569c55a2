import { Trans } from '@lingui/react/macro'
import type { Anomaly } from '@/api'
import { Reason } from '@/app/Reason'
import { date, percent, quantity } from '@/lib/format'
import type { Column } from '@/ui/DataTable'
import { StatusBadge } from '@/ui/StatusBadge'

/** Where, status, when, how much, why: the same order as on a card. */
export const columns: readonly Column<Anomaly>[] = [
  {
    id: 'where',
    header: <Trans>Lokasi dan produk</Trans>,
    cell: verdict => (
      <>
        {verdict.location.name} <span className="font-normal text-muted">· {verdict.product.name}</span>
      </>
    ),
    meta: { width: '24%' },
  },
  {
    id: 'status',
    header: <Trans>Status</Trans>,
    cell: verdict => <StatusBadge status={verdict.status} />,
    meta: { width: '7.5rem' },
  },
  {
    id: 'date',
    header: <Trans>Tanggal</Trans>,
    cell: verdict => date(verdict.date),
    meta: { width: '7.5rem' },
  },
  {
    id: 'volume',
    header: <Trans>Volume</Trans>,
    cell: verdict => quantity(verdict.volume, 'L'),
    meta: { numeric: true, width: '7rem' },
  },
  {
    id: 'score',
    header: <Trans>Dari biasanya</Trans>,
    cell: verdict => (verdict.risk_score === null ? '–' : percent(verdict.risk_score)),
    meta: { numeric: true, width: '7rem' },
  },
  {
    id: 'why',
    header: <Trans>Alasan</Trans>,
    cell: verdict => (
      <span className="text-muted">
        <Reason verdict={verdict} />
      </span>
    ),
  },
]

export function VerdictCard({ verdict }: { verdict: Anomaly }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate">
          {verdict.location.name} <span className="font-normal text-muted">· {verdict.product.name}</span>
        </span>
        <StatusBadge status={verdict.status} />
      </span>
      <span className="flex justify-between gap-2 font-normal tabular">
        <span className="text-muted">{date(verdict.date)}</span>
        <span>
          {quantity(verdict.volume, 'L')}
          {verdict.risk_score !== null && (
            <span className="text-muted"> · {percent(verdict.risk_score)}</span>
          )}
        </span>
      </span>
      <span className="text-xs font-normal whitespace-normal text-muted">
        <Reason verdict={verdict} />
      </span>
    </span>
  )
}
