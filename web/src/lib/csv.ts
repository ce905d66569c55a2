/** Tables as files that a spreadsheet opens as they are. */
import { i18n } from '@lingui/core'
import { save } from './file'

/** Excel reads UTF-8 only when the file says so. */
const BYTE_ORDER_MARK = '\uFEFF'
/** A cell that begins like this would be run as a formula. */
const FORMULA = /^[=+\-@\t\r]/
/** That begins like one, too, and is safe. */
const BELOW_ZERO = /^-\d[\d.,]*$/

/** Excel separates with the list separator of its language: a semicolon where the comma is decimal. */
function separator(): string {
  return i18n.locale === 'en' ? ',' : ';'
}

function cell(text: string): string {
  const plain = FORMULA.test(text) && !BELOW_ZERO.test(text) ? `'${text}` : text
  return /[",;\n\r]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

export function csv(rows: readonly (readonly string[])[]): string {
  const lines = rows.map(row => row.map(cell).join(separator()))
  return `${BYTE_ORDER_MARK}${lines.join('\r\n')}\r\n`
}

/** A cell as it was before the guard against formulas. */
export function unguarded(text: string): string {
  return text.startsWith("'") && FORMULA.test(text.slice(1)) ? text.slice(1) : text
}

export function download(name: string, text: string): void {
  save(name, new Blob([text], { type: 'text/csv;charset=utf-8' }))
}
