/** What forms share: server errors land on their fields, and one sentence says what happened. */
import { msg } from '@lingui/core/macro'
import { i18n } from '@lingui/core'
import type { FieldPath, FieldValues, UseFormSetError } from 'react-hook-form'
import { fieldName, OfflineError, ProblemError } from './problem'

/** Put the server's errors on the fields they name; what remains is returned as a sentence for the whole form. */
export function landErrors<Values extends FieldValues>(
  error: unknown,
  fields: readonly FieldPath<Values>[],
  setError: UseFormSetError<Values>,
): string | null {
  if (!(error instanceof ProblemError)) return sentenceOf(error)
  let landed = 0
  for (const { field, message } of error.errors) {
    const name = fields.find(one => one === fieldName(field))
    if (name === undefined) continue
    // Only the first one takes the focus.
    setError(name, { message }, { shouldFocus: landed === 0 })
    landed += 1
  }
  return landed > 0 ? null : sentenceOf(error)
}

/** A failure in words a person can act on. */
export function sentenceOf(error: unknown): string {
  if (error instanceof OfflineError)
    return i18n._(msg`Server tidak terjangkau. Isian Anda tetap di sini. Coba lagi.`)
  if (!(error instanceof ProblemError))
    return i18n._(msg`Belum berhasil. Isian Anda tetap di sini. Coba lagi.`)
  if (error.status === 412)
    return i18n._(msg`Data ini baru saja diubah orang lain. Muat ulang, lalu ubah lagi.`)
  if (error.status === 403) return i18n._(msg`Peran Anda tidak mencakup tindakan ini.`)
  if (error.status === 429) return i18n._(msg`Terlalu banyak percobaan. Tunggu sebentar, lalu coba lagi.`)
  if (error.status >= 500) return i18n._(msg`Server sedang terganggu. Isian Anda tetap di sini. Coba lagi.`)
  return error.errors[0]?.message ?? error.message
}
