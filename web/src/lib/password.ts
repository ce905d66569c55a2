/** What the server asks of a password that is chosen anew. */
import { i18n } from '@lingui/core'
import { msg, plural } from '@lingui/core/macro'

const SHORTEST = 8

export function tooShort(password: string): string | undefined {
  if (password.length === 0 || password.length >= SHORTEST) return undefined
  return i18n._(msg`Kata sandi paling sedikit ${plural(SHORTEST, { other: '# karakter' })}.`)
}
