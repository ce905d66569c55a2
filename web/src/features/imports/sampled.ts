import type { SampleRow } from '@/api'

/** The fields that any of these rows states, in the order of the first row that does. */
export function fieldsOf(rows: readonly SampleRow[]): string[] {
  return [...new Set(rows.flatMap(({ fields }) => Object.keys(fields).filter(field => fields[field] !== '')))]
}

/** What a row changes: the field, what was before, what will be. */
export function changesOf({ before, fields }: SampleRow): [string, string, string][] {
  if (Object.keys(before).length === 0) return []
  return [...new Set([...Object.keys(fields), ...Object.keys(before)])]
    .map((field): [string, string, string] => [field, before[field] ?? '', fields[field] ?? ''])
    .filter(([, was, will]) => was !== will)
}
