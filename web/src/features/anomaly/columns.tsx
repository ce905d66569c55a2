import { msg } from '@lingui/core/macro'
import { i18n } from '@lingui/core'
import type { Anomaly } from '@/api'
import { Reason } from '@/app/Reason'
import { date, decimal, percent, quantity } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { StatusBadge, statusWord } from '@/ui/StatusBadge'

/** Where, status, when, how much, why: the same order as on a card. */
export const columns: readonly Column<Anomaly>[] = [
  {
    id: 'where',
    header: msg`Lokasi dan produk`,
    text: verdict => `${verdict.location.name} · ${verdict.product.name}`,
    cell: verdict => (
      <>
        {verdict.location.name} <span className="font-normal text-muted">· {verdict.product.name}</span>
      </>
    ),
    meta: { width: '22%' },
  },
  {
    id: 'status',
    header: msg`Status`,
    text: verdict => i18n._(statusWord(verdict.status)),
    cell: verdict => <StatusBadge status={verdict.status} />,
    meta: { width: '7.5rem' },
  },
  {
    id: 'date',
    header: msg`Tanggal`,
    text: verdict => verdict.date,
    cell: verdict => date(verdict.date),
    meta: { width: '7.5rem' },
  },
  {
    id: 'volume',
    header: msg`Volume`,
    unit: 'L',
    text: verdict => decimal(verdict.volume),
    cell: verdict => quantity(verdict.volume, 'L'),
    meta: { numeric: true, width: '6.5rem' },
  },
  {
    id: 'score',
    header: msg`Dari biasanya`,
    unit: '%',
    text: verdict => decimal(verdict.risk_score),
    cell: verdict => (verdict.risk_score === null ? '–' : percent(verdict.risk_score)),
    meta: { numeric: true, width: '7rem' },
  },
  {
    id: 'why',
    header: msg`Alasan`,
    text: verdict => verdict.reason.text,
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
