/** Pasted rows as they were understood, and what is to be said of each. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { date, number, quantity } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { DataTable } from '@/ui/DataTable'
import { Tag } from '@/ui/StatusBadge'
import type { CellName, CellProblem, PastedRow } from './pasted'

export const LOCATION = msg({ message: 'Lokasi', context: 'satu' })
export const PRODUCT = msg({ message: 'Produk', context: 'satu' })

interface PastedRowsProps {
  label: string
  rows: readonly PastedRow[]
  wordOf: (row: PastedRow) => string
  state: (row: PastedRow) => ReactNode
}

export function PastedRows({ label, rows, wordOf, state }: PastedRowsProps) {
  const columns: readonly Column<PastedRow>[] = [
    { id: 'line', header: msg`Baris`, text: row => number(row.line), meta: { width: '3.75rem' } },
    {
      id: 'date',
      header: msg`Tanggal`,
      text: row => row.cells.date,
      cell: row => <Cell row={row} name="date" good={row.fact && date(row.fact.date)} />,
      meta: { width: '8rem' },
    },
    {
      id: 'location',
      header: LOCATION,
      text: row => row.cells.location,
      cell: row => <Cell row={row} name="location" />,
    },
    {
      id: 'product',
      header: PRODUCT,
      text: row => row.cells.product,
      cell: row => <Cell row={row} name="product" />,
    },
    {
      id: 'volume',
      header: msg`Volume`,
      text: row => row.cells.volume,
      cell: row => <Cell row={row} name="volume" good={row.fact && quantity(row.fact.volume_l, 'L', 6)} />,
      meta: { numeric: true, width: '8rem' },
    },
    {
      id: 'state',
      header: msg`Keadaan`,
      text: wordOf,
      cell: state,
      meta: { width: '28%' },
    },
  ]
  return (
    <DataTable
      label={label}
      columns={columns}
      rows={rows}
      rowId={row => String(row.line)}
      rowName={row => String(row.line)}
      card={row => (
        <span className="flex flex-col gap-1 text-sm">
          <span className="flex justify-between gap-2">
            <span>
              {row.cells.location} <span className="text-muted">· {row.cells.product}</span>
            </span>
            <span className="tabular">
              {row.fact ? quantity(row.fact.volume_l, 'L', 6) : row.cells.volume}
            </span>
          </span>
          <span className="flex flex-wrap justify-between gap-2">
            <span className="text-muted">{row.fact ? date(row.fact.date) : row.cells.date}</span>
            {state(row)}
          </span>
        </span>
      )}
    />
  )
}

function Cell({ row, name, good }: { row: PastedRow; name: CellName; good?: ReactNode }) {
  if (row.problems[name])
    return <span className="text-anomali underline decoration-wavy">{row.cells[name] || '–'}</span>
  return good ?? row.cells[name]
}

export function State({ fault }: { fault: string | null }) {
  if (fault !== null) return <span className="text-anomali whitespace-normal">{fault}</span>
  return (
    <Tag tone="good">
      <Trans>Siap</Trans>
    </Tag>
  )
}

/** Why a row cannot be recorded, in words; null when it can. */
export function faultOf(row: PastedRow, refusal: string | undefined): string | null {
  if (refusal !== undefined) return refusal
  const [first] = Object.entries(row.problems) as [CellName, CellProblem][]
  return first ? i18n._(WORDS[first[1] === 'missing' && first[0] === 'volume' ? 'number' : first[1]]) : null
}

const WORDS: Readonly<Record<CellProblem | 'number', MessageDescriptor>> = {
  date: msg`Tanggal tidak dikenali`,
  location: msg`Lokasi tidak dikenal`,
  product: msg`Produk tidak dikenal`,
  digits: msg`Lebih dari 6 angka di belakang koma`,
  range: msg`Volume di luar batas`,
  number: msg`Volume bukan angka`,
  missing: msg`Kolom kosong`,
}
