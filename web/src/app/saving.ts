/** Rows of a table as a file, as they are shown. */
import { i18n } from '@lingui/core'
import { csv, download } from '@/lib/csv'
import { today } from '@/lib/format'
import type { Column } from '@/ui/columns'

/** What a column is headed by where its cells say no unit. */
export function headOf<Row>({ header, unit }: Column<Row>): string {
  return i18n._(header) + (unit ? ` (${unit})` : '')
}

export function saveRows<Row>(label: string, columns: readonly Column<Row>[], rows: readonly Row[]): void {
  const lines = rows.map(row => columns.map(column => column.text(row)))
  const name = label.toLocaleLowerCase(i18n.locale).replaceAll(' ', '-')
  download(`${name}-${today()}.csv`, csv([columns.map(headOf), ...lines]))
}
