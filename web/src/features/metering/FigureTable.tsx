import type { ReactNode } from 'react'
import { ScrollBox } from '@/ui/ScrollBox'

interface FigureTableProps {
  label: string
  head: readonly string[]
  /** The first cell of each names its row. */
  rows: readonly { id: string; cells: readonly ReactNode[] }[]
}

/** Numbers under each other, small enough to be read at a glance. */
export function FigureTable({ label, head, rows }: FigureTableProps) {
  return (
    <ScrollBox>
      <table
        aria-label={label}
        className="w-full text-sm print:text-[7pt] print:[&_*]:whitespace-normal print:[&_td,&_th]:px-0.5"
      >
        <thead className="text-xs text-muted print:text-[7pt]">
          <tr>
            {head.map((name, at) => (
              <th
                key={name}
                scope="col"
                className={`px-3 py-1.5 font-medium ${at === 0 ? 'text-left' : 'text-right'}`}
              >
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ id, cells: [name, ...cells] }) => (
            <tr key={id} className="border-t border-line">
              <th scope="row" className="px-3 py-1.5 text-left font-normal whitespace-nowrap">
                {name}
              </th>
              {cells.map((cell, at) => (
                // Columns never move.
                // oxlint-disable-next-line react/no-array-index-key
                <td key={at} className="px-3 py-1.5 text-right whitespace-nowrap tabular">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  )
}
