/** What a generated schema finds wrong, in words: the same rules as the server's, before anything is sent. */
import { i18n } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'
import type { core, ZodMiniType } from 'zod/mini'

/** Words for fields that were left empty; others say "Isi kolom ini." */
export type Missing = Readonly<Record<string, string>>

export type Checked<Body> = { body: Body } | { faults: ReadonlyMap<string, string> }

/** Return the body as the schema reads it, or one sentence for each field that is wrong. */
export function check<Body>(
  schema: ZodMiniType<Body>,
  values: unknown,
  missing: Missing = {},
): Checked<Body> {
  const { success, data, error } = schema.safeParse(values)
  if (success) return { body: data }
  const faults = new Map<string, string>()
  for (const issue of error.issues) {
    const field = String(issue.path[0] ?? '')
    // The first thing wrong with a field is enough to begin with.
    if (!faults.has(field)) faults.set(field, sayIssue(issue, at(values, field), missing[field]))
  }
  return { faults }
}

function at(values: unknown, field: string): unknown {
  return typeof values === 'object' && values !== null
    ? (values as Record<string, unknown>)[field]
    : undefined
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return value === undefined || value === null || (typeof value === 'string' && value.trim() === '')
}

function sayIssue(issue: core.$ZodIssue, value: unknown, missing: string | undefined): string {
  if (isEmpty(value)) return missing ?? i18n._(msg`Isi kolom ini.`)
  if (issue.code === 'too_big' && issue.origin === 'string') {
    const most = Number(issue.maximum)
    return i18n._(msg`Paling banyak ${plural(most, { other: '# karakter' })}.`)
  }
  if (issue.code === 'too_small' && issue.origin === 'string') {
    const least = Number(issue.minimum)
    return i18n._(msg`Paling sedikit ${plural(least, { other: '# karakter' })}.`)
  }
  if (issue.code === 'invalid_format' && issue.format === 'email')
    return i18n._(msg`Tulis alamat surel lengkap, misalnya nama@contoh.id.`)
  if (issue.code === 'invalid_format' && issue.format === 'date') return i18n._(msg`Tanggal ini tidak ada.`)
  return i18n._(msg`Isian ini belum benar.`)
}
