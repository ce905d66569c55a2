import { i18n } from '@lingui/core'
import { beforeAll, expect, test } from 'vitest'
import { sentenceOf } from './failure'
import { OfflineError, ProblemError, underLabel } from './problem'

beforeAll(() => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
})

const said = (status: number, code: string, detail = 'Kata server.') =>
  sentenceOf(new ProblemError(status, { code, detail }))

test.each([
  [403, 'wrong_person'],
  [403, 'no_organisation'],
  [403, 'limited_to_locations'],
  [429, 'too_many_requests'],
  [429, 'too_many_guesses'],
  [429, 'too_many_mails'],
  [503, 'outbox_full'],
  [504, 'upstream_timeout'],
])("%d %s is told in the server's own words", (status, code) => {
  expect(said(status, code)).toBe('Kata server.')
})

test.each([
  [403, 'forbidden', 'Peran Anda tidak mencakup tindakan ini.'],
  [500, 'internal_error', 'Server sedang terganggu. Isian Anda tetap di sini. Coba lagi.'],
  [503, 'unavailable', 'Server sedang terganggu. Isian Anda tetap di sini. Coba lagi.'],
  [412, 'stale_version', 'Data ini baru saja diubah orang lain. Muat ulang, lalu ubah lagi.'],
])('%d %s says no more than its status, so the console says what to do', (status, code, words) => {
  expect(said(status, code)).toBe(words)
})

test('an answer that is no problem document is told by its status, and no answer as a server that is away', () => {
  expect(sentenceOf(new ProblemError(413, {}))).toBe('Ditolak (HTTP 413).')
  expect(sentenceOf(new ProblemError(502, {}))).toMatch(/^Server sedang terganggu/)
  expect(sentenceOf(new OfflineError())).toMatch(/^Server tidak terjangkau/)
})

test("a wrong field's reason comes first, and says which field where no label does", () => {
  const outside = {
    field: 'location_id',
    code: 'outside_scope',
    message: 'Lokasi PAL di luar wewenang Anda.',
  }
  expect(sentenceOf(new ProblemError(403, { code: 'forbidden', errors: [outside] }))).toBe(outside.message)
  const third = {
    field: 'items.3.volume_l',
    code: 'too_small',
    message: 'items.3.volume_l harus lebih dari 0.',
  }
  const whole = new ProblemError(422, { code: 'invalid', errors: [third] })
  expect(sentenceOf(whole)).toBe(third.message)
  expect(underLabel(third).message).toBe('Harus lebih dari 0.')
})
