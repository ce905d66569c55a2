/** Which field each column of a file is taken for, as people change it. */
import type { AskedOut, ColumnOut, FieldOut } from '@/api'

/** Header → field; empty: left out. */
export type Chosen = Readonly<Record<string, string>>

/** The columns that can be spoken of: with a header, and of several under one header the first. */
export function namedColumns(columns: readonly ColumnOut[]): ColumnOut[] {
  return columns.filter(
    ({ header }, at) => header !== '' && columns.findIndex(one => one.header === header) === at,
  )
}

export function chosenOf(columns: readonly ColumnOut[]): Chosen {
  return Object.fromEntries(columns.map(({ header, field }) => [header, field ?? '']))
}

/** A field stands in one column: where it stood before is left out. */
export function withChoice(chosen: Chosen, header: string, field: string): Chosen {
  const rest = Object.entries(chosen).map(([other, was]) => [other, was === field ? '' : was])
  return { ...Object.fromEntries(rest), [header]: field }
}

/** What is not as it was found. */
export function changes(columns: readonly ColumnOut[], chosen: Chosen): Record<string, string> {
  const found = chosenOf(columns)
  return Object.fromEntries(Object.entries(chosen).filter(([header, field]) => field !== found[header]))
}

/** Required fields without a column, unless the one that may stand in for them has one. */
export function missingFields(fields: readonly FieldOut[], chosen: Chosen): FieldOut[] {
  const taken = new Set(Object.values(chosen))
  return fields.filter(
    ({ name, required, instead }) => required && !taken.has(name) && !(instead && taken.has(instead)),
  )
}

const AMONG_COLUMNS: ReadonlySet<string> = new Set([
  'question_column_missing',
  'question_age_missing',
  'question_age_columns',
])

/** Whether a question is said and answered among the columns; which of several holds a field is asked in words. */
export function isAskedAmongColumns({ code }: AskedOut): boolean {
  return AMONG_COLUMNS.has(code)
}

/** The question for a column of ages, which no single field needs; the version before gave it another key. */
export function ageAsked(questions: readonly AskedOut[]): AskedOut | undefined {
  return questions.find(one => one.key === 'column:age' || one.code === 'question_age_missing')
}
