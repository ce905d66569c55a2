import { i18n } from '@lingui/core'
import { afterEach, expect, test, vi } from 'vitest'
import * as format from './format'

afterEach(() => {
  i18n.activate('id')
  vi.useRealTimers()
})

test('numbers follow the language', () => {
  expect(format.quantity('1234.5', 'L')).toBe('1.234,5\u00a0L')
  i18n.activate('en')
  expect(format.quantity('1234.5', 'L')).toBe('1,234.5\u00a0L')
})

test('rupiah keeps its two digits in both languages', () => {
  expect(format.money('1234567.89').replace(/\u00a0/, ' ')).toBe('Rp 1.234.567,89')
  i18n.activate('en')
  expect(format.money('1234567.5').replace(/\u00a0/, ' ')).toBe('Rp 1,234,567.50')
})

test('a business date is not moved by the reader’s time zone', () => {
  expect(format.date('2025-01-10')).toBe('10 Jan 2025')
})

test('a period that is no month is shown as it stands', () => {
  expect(['2025-12-01', 'xyz-01'].map(format.monthName)).toEqual(['Desember 2025', 'xyz'])
})

test('a moment names the zone of its location', () => {
  expect(format.clock('2025-01-10T07:05:00Z')).toBe('14.05\u00a0WIB')
  expect(format.clock('2025-01-10T07:05:00Z', 'Asia/Jayapura')).toBe('16.05\u00a0WIT')
})

test('a moment says its year', () => {
  expect(format.moment('2030-12-31T17:00:00Z')).toBe('1 Jan 2031, 00.00\u00a0WIB')
})

test.each([
  ['2025-01-10T14:05', 'Asia/Jakarta', '2025-01-10T07:05:00.000Z'],
  ['2025-01-10T00:00', 'Asia/Jayapura', '2025-01-09T15:00:00.000Z'],
  ['2025-01-10T14:05', 'UTC', '2025-01-10T14:05:00.000Z'],
  ['2025-06-01T12:00', 'America/New_York', '2025-06-01T16:00:00.000Z'],
  // Clocks go forward at 02:00: an hour before and an hour behind have other offsets.
  ['2025-03-09T01:00', 'America/New_York', '2025-03-09T06:00:00.000Z'],
  ['2025-03-09T03:00', 'America/New_York', '2025-03-09T07:00:00.000Z'],
])('clocks show %s in %s at %s', (wall, zone, instant) => {
  expect(new Date(format.instantAt(wall, zone)).toISOString()).toBe(instant)
})

test('what is no time has no instant', () => {
  expect(format.instantAt('', 'Asia/Jakarta')).toBeNaN()
})

test('today depends on the place', () => {
  const now = new Date('2025-01-10T16:30:00Z')
  expect(format.today('Asia/Jakarta', now)).toBe('2025-01-10')
  expect(format.today('Asia/Jayapura', now)).toBe('2025-01-11')
})

test('a span ends with today where it comes first', () => {
  vi.useFakeTimers({ now: new Date('2025-01-10T16:30:00Z') })
  expect(format.today()).toBe('2025-01-10')
  expect(format.newestDay()).toBe('2025-01-11')
  expect(format.newestDay(new Date('2025-01-10T14:59:00Z'))).toBe('2025-01-10')
  expect(format.newestDay(new Date('2025-01-10T15:00:00Z'))).toBe('2025-01-11')
})

test('days are counted over a month’s end', () => {
  expect(format.dayAfter('2025-01-31', 1)).toBe('2025-02-01')
  expect(format.dayAfter('2025-03-01', -1)).toBe('2025-02-28')
})
