/** A failure in words a person can act on. */
import { msg } from '@lingui/core/macro'
import { i18n } from '@lingui/core'
import { OfflineError, ProblemError } from './problem'

export function sentenceOf(error: unknown): string {
  if (error instanceof OfflineError)
    return i18n._(msg`Server tidak terjangkau. Isian Anda tetap di sini. Coba lagi.`)
  if (!(error instanceof ProblemError))
    return i18n._(msg`Belum berhasil. Isian Anda tetap di sini. Coba lagi.`)
  if (error.status === 412)
    return i18n._(msg`Data ini baru saja diubah orang lain. Muat ulang, lalu ubah lagi.`)
  if (error.errors[0]) return error.errors[0].message
  // What says no more than its status is said in words of ours; any other code has a reason of its own.
  if (error.code === 'forbidden') return i18n._(msg`Peran Anda tidak mencakup tindakan ini.`)
  if (/^(internal_error|unavailable|HTTP_5\d\d)$/.test(error.code))
    return i18n._(msg`Server sedang terganggu. Isian Anda tetap di sini. Coba lagi.`)
  if (error.code.startsWith('HTTP_')) return i18n._(msg`Ditolak (${error.message}).`)
  return error.message
}
