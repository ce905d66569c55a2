import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Download } from 'lucide-react'
import { useMemo } from 'react'
import type { MeterHistoryOut } from '@/api'
import { KIND_LOOK, KindTags } from '@/app/kinds'
import { headOf, saveRows } from '@/app/saving'
import { useMay } from '@/app/session'
import { month, number } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { PrintTool } from '@/ui/PrintTool'
import { Tag } from '@/ui/StatusBadge'
import { Tool } from '@/ui/Tool'
import { FigureTable } from './FigureTable'
import { signedPct } from './happenings'
import { periodRows, type Paid, type PeriodRow } from './periods'
import { happenedQuery } from './queries'

const PAID: Readonly<Record<Paid, { word: MessageDescriptor; tone: 'good' | 'warning' | 'muted' }>> = {
  paid: { word: msg`Lunas`, tone: 'good' },
  partly: { word: msg`Sebagian`, tone: 'warning' },
  unpaid: { word: msg`Belum dibayar`, tone: 'muted' },
}

/** One customer's periods under each other, newest first; to be taken away as a file, or printed. */
export function CustomerPeriods({ history }: { history: MeterHistoryOut }) {
  const { t } = useLingui()
  const seesPayments = useMay('customers', 'r')
  const happened = useQuery({ ...happenedQuery(history.nomen), enabled: seesPayments, retry: false })
  const rows = useMemo(() => periodRows(history.items, happened.data ?? []), [history, happened.data])
  const columns = useColumns(seesPayments)
  const { nomen } = history
  return (
    <section className="flex flex-col gap-2">
      <span className="flex items-center justify-between gap-2">
        <h3 className="text-sm font-semibold">
          <Trans>Perbandingan periode</Trans>
        </h3>
        <span className="flex print:hidden">
          <Tool
            label={t`Ekspor`}
            icon={<Download aria-hidden className="size-4" />}
            onClick={() => saveRows(t`Periode ${nomen}`, columns, rows)}
          />
          <PrintTool />
        </span>
      </span>
      <FigureTable
        label={t`Perbandingan periode`}
        head={columns.map(headOf)}
        rows={rows.map(row => ({
          id: row.period,
          cells: columns.map(({ cell, text }) => cell?.(row) ?? text(row)),
        }))}
      />
    </section>
  )
}

function useColumns(seesPayments: boolean): readonly Column<PeriodRow>[] {
  const { i18n } = useLingui()
  return useMemo(() => {
    const plain = (m3: string | number | null) => (m3 === null ? '–' : number(m3, 3))
    const kinds = (row: PeriodRow) => row.kinds.map(kind => i18n._(KIND_LOOK[kind].word)).join(', ')
    const columns: Column<PeriodRow>[] = [
      {
        id: 'period',
        header: msg`Periode`,
        text: row => row.period,
        cell: row => month(`${row.period}-01`),
      },
      { id: 'from', header: msg`Stand lalu`, unit: 'm³', text: row => plain(row.from_m3) },
      { id: 'stand', header: msg`Stand`, unit: 'm³', text: row => plain(row.stand_m3) },
      { id: 'use', header: msg`Pemakaian`, unit: 'm³', text: row => plain(row.use_m3) },
      { id: 'use30', header: msg`Per 30 hari`, unit: 'm³', text: row => plain(row.use30_m3) },
      {
        id: 'change',
        header: msg`Perubahan`,
        unit: 'm³',
        text: row => plain(row.change_m3),
        cell: row => (row.change_m3 !== null && row.change_m3 > 0 ? '+' : '') + plain(row.change_m3),
      },
      {
        id: 'change_pct',
        header: msg`Perubahan`,
        unit: '%',
        text: row => (row.change_pct === null ? '–' : number(row.change_pct, 1)),
        cell: row => signedPct(row.change_pct),
      },
      {
        id: 'kinds',
        header: msg`Temuan`,
        text: kinds,
        cell: row => (row.kinds.length > 0 ? <KindTags kinds={row.kinds} /> : '–'),
      },
    ]
    const paid: Column<PeriodRow> = {
      id: 'paid',
      header: msg`Pembayaran`,
      text: row => (row.paid ? i18n._(PAID[row.paid].word) : '–'),
      cell: row => (row.paid ? <Tag tone={PAID[row.paid].tone}>{i18n._(PAID[row.paid].word)}</Tag> : '–'),
    }
    return seesPayments ? [...columns, paid] : columns
  }, [i18n, seesPayments])
}
