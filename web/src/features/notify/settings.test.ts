import { expect, test } from 'vitest'
import { bodyOf, isBudget, settingsOf } from './settings'

const PREFS = {
  in_app: 'info',
  email: 'warning',
  whatsapp: 'off',
  whatsapp_number: null,
  quiet_hours: { from: '22:00', to: '05:30' },
  critical_passes: true,
  digest_at: '07:00',
  alarms_per_day: 20,
  timezone: null,
  organisation_timezone: 'Asia/Jakarta',
  whatsapp_available: true,
} as const

test('what is saved without a change is what was shown', () => {
  const { organisation_timezone: _, whatsapp_available: __, ...sent } = PREFS
  expect(bodyOf(settingsOf(PREFS))).toEqual(sent)
})

function number(typed: string) {
  return bodyOf({ ...settingsOf(PREFS), whatsapp_number: typed }).whatsapp_number
}

test('a number may be written as it is dialled at home', () => {
  expect(number('0812-3456 7890')).toBe('+6281234567890')
  expect(number('+62 (812) 3456.7890')).toBe('+6281234567890')
  expect(number(' ')).toBeNull()
})

test('emptied fields switch off', () => {
  const off = { ...settingsOf(PREFS), quiet_from: '', quiet_to: '', digest_at: '' }
  expect(bodyOf(off)).toMatchObject({ quiet_hours: null, digest_at: null })
})

test('half a pair of quiet hours is sent as it is, for the schema to refuse', () => {
  expect(bodyOf({ ...settingsOf(PREFS), quiet_to: '' }).quiet_hours).toEqual({ from: '22:00', to: '' })
})

test('a budget is a whole number from 1 to 200', () => {
  expect(['1', ' 20 ', '200'].map(isBudget)).toEqual([true, true, true])
  expect(['', '0', '201', '2.5', '1e2', 'banyak'].map(isBudget)).toEqual(Array(6).fill(false))
})
