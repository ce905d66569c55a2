/** Rows copied from a spreadsheet: recognised, checked, and kept in the order they were pasted. */
import type { ItemResult } from '@/api'
import { unguarded } from '@/lib/csv'
import { underLabel } from '@/lib/problem'
import { parseDecimal, volumeProblem } from '@/lib/quantity'

export const MOST_ROWS = 10_000

export interface Named {
  id: string
  /** Everything a sheet may call it: name, code. */
  names: readonly string[]
}

export type CellProblem = 'missing' | 'date' | 'location' | 'product' | 'digits' | 'range'
export type CellName = 'date' | 'location' | 'product' | 'volume'

export interface PastedRow {
  /** Line in the pasted text, from 1. */
  line: number
  cells: Record<CellName, string>
  problems: Partial<Record<CellName, CellProblem>>
  /** Ready to send; null while a cell is wrong. */
  fact: { date: string; location_id: string; product_id: string; volume_l: string } | null
}

const HEADER = /tanggal|date|lokasi|location|volume|produk|product/i

export function readPasted(
  text: string,
  locations: readonly Named[],
  products: readonly Named[],
  language: string,
): PastedRow[] {
  const locationIds = index(locations)
  const productIds = index(products)
  const rows: PastedRow[] = []
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || rows.length >= MOST_ROWS) continue
    const [date = '', location = '', product = '', volume = ''] = split(line).map(unguarded)
    if (rows.length === 0 && HEADER.test(date) && HEADER.test(volume || location)) continue
    rows.push(check(at + 1, { date, location, product, volume }, locationIds, productIds, language))
  }
  return rows
}

/** Lines by what stands in them: one that is mended is judged anew. */
export type Reasons = ReadonlyMap<string, string>

export interface Settled {
  /** The text without the lines that were recorded. */
  text: string
  refusals: Reasons
  /** Recorded, and worth a second look. */
  doubtful: readonly { row: PastedRow; why: string }[]
}

/** What the answer to rows leaves of the text they were sent from. */
export function settle(
  text: string,
  sent: readonly PastedRow[],
  results: readonly Pick<ItemResult, 'index' | 'status' | 'errors' | 'warnings'>[],
): Settled {
  const lines = text.split(/\r?\n/)
  const recorded = new Set<number>()
  const refusals = new Map<string, string>()
  const doubtful: { row: PastedRow; why: string }[] = []
  for (const { index: at, status, errors = [], warnings = [] } of results) {
    const row = sent[at]
    if (!row) continue
    if (status === 'recorded') recorded.add(row.line)
    else refusals.set(lines[row.line - 1] ?? '', sentences(errors.map(underLabel)))
    if (warnings.length > 0) doubtful.push({ row, why: sentences(warnings) })
  }
  return { text: lines.filter((_, at) => !recorded.has(at + 1)).join('\n'), refusals, doubtful }
}

function sentences(said: readonly { message: string }[]): string {
  return said.map(one => one.message).join(' ')
}

function index(records: readonly Named[]): Map<string, string> {
  return new Map(records.flatMap(({ id, names }) => names.map((name): [string, string] => [fold(name), id])))
}

function fold(name: string): string {
  return name.trim().replace(/\s+/g, ' ').toLocaleLowerCase('id')
}

/** Spreadsheets copy with tabs; files come with semicolons, or with commas and quotes. */
function split(line: string): string[] {
  const separator = line.includes('\t') ? '\t' : line.includes(';') ? ';' : ','
  if (separator !== ',') return line.split(separator).map(cell => cell.trim().replace(/^"(.*)"$/, '$1'))
  return (line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? []).map(cell =>
    cell
      .replace(/,$/, '')
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .replaceAll('""', '"'),
  )
}

function check(
  line: number,
  cells: PastedRow['cells'],
  locations: ReadonlyMap<string, string>,
  products: ReadonlyMap<string, string>,
  language: string,
): PastedRow {
  const problems: PastedRow['problems'] = {}
  const date = parseDay(cells.date)
  if (!date) problems.date = cells.date ? 'date' : 'missing'
  const location_id = locations.get(fold(cells.location))
  if (!location_id) problems.location = cells.location ? 'location' : 'missing'
  const product_id = products.get(fold(cells.product))
  if (!product_id) problems.product = cells.product ? 'product' : 'missing'
  const volume_l = parseDecimal(cells.volume, language)
  const wrong = volumeProblem(volume_l)
  if (wrong) problems.volume = wrong
  const fact =
    date && location_id && product_id && volume_l && !wrong
      ? { date, location_id, product_id, volume_l }
      : null
  return { line, cells, problems, fact }
}

/** `2025-01-10`, `10/01/2025`, `10-1-2025`, `10.01.2025`: the day comes first unless the year does. */
export function parseDay(text: string): string | null {
  const iso = /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/.exec(text.trim())
  const local = /^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$/.exec(text.trim())
  const parts = iso ? iso.slice(1) : local ? local.slice(1).toReversed() : null
  if (!parts) return null
  const [year = '', month = '', day = ''] = parts
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const read = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(written) ? written : null
}
