import { i18n } from '@lingui/core'
import { afterEach, expect, test } from 'vitest'
import { zNewLocation, zNewUser, zRegistration } from '@/api/zod.gen'
import { check } from './issues'

afterEach(() => i18n.activate('id'))

const place = { name: 'Gudang A', type: 'depot', timezone: 'Asia/Jakarta' }

function faultsOf(checked: ReturnType<typeof check>): Record<string, string> {
  return 'faults' in checked ? Object.fromEntries(checked.faults) : {}
}

test('what the schema accepts is sent as the schema reads it', () => {
  expect(check(zNewLocation, { ...place, surplus: 1 })).toEqual({ body: { ...place, is_active: true } })
})

test('an empty field says what to fill in, in its own words or the usual ones', () => {
  const empty = { ...place, name: '   ' }
  expect(faultsOf(check(zNewLocation, empty, { name: 'Isi nama lokasi.' }))).toEqual({
    name: 'Isi nama lokasi.',
  })
  expect(faultsOf(check(zNewLocation, empty))).toEqual({ name: 'Isi kolom ini.' })
})

test('a text that is too long says how much is allowed, in the language of the reader', () => {
  const long = { ...place, name: 'x'.repeat(201) }
  expect(faultsOf(check(zNewLocation, long))).toEqual({ name: 'Paling banyak 200 karakter.' })
  i18n.activate('en')
  expect(faultsOf(check(zNewLocation, long))).toEqual({ name: 'At most 200 characters.' })
})

test('each wrong field is named once', () => {
  const faults = faultsOf(check(zNewUser, { email: 'sari', name: '', password: '', role: 'operator' }))
  expect(Object.keys(faults).toSorted()).toEqual(['email', 'name', 'password'])
  expect(faults['email']).toBe('Tulis alamat surel lengkap, misalnya nama@contoh.id.')
})

test('an address that the server takes is not refused here', () => {
  for (const email of ['budi@kantor', 'sari@dépôt.id', "o'neil+gudang@contoh.id"])
    expect(check(zRegistration, { email, name: 'Sari', password: 'kopi-pagi' })).toHaveProperty('body')
})
