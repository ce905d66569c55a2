import { expect, test } from 'vitest'
import type { Days, Figures, Happening } from '@/api'
import { cubic } from '@/lib/format'
import { beside, changePct, extremes, paced, valueOf } from './comparing'
import { cubicOfLitres, rupiahOfMinor, stated } from './happenings'
import { periodRows } from './periods'
import { comparable, monthsBefore, periodsOf, rayonsOf } from './scopes'
import { chosen, saidOf, unread, uses } from './uses'

const NBSP = '\u00a0'

test('the books hold litres and hundredths of a rupiah; people read cubic metres and rupiah', () => {
  expect(cubicOfLitres(50_500)).toBe(`50,5${NBSP}m³`)
  expect(cubicOfLitres(-3_000)).toBe(`-3${NBSP}m³`)
  expect(cubic('1250')).toBe(`1.250${NBSP}m³`)
  expect(rupiahOfMinor(63_850_000)).toContain('638.500,00')
})

test('what is not stated is a dash and never nought', () => {
  expect([cubic(null), cubicOfLitres(''), rupiahOfMinor(undefined)]).toEqual(['–', '–', '–'])
  expect(cubicOfLitres(0)).toBe(`0${NBSP}m³`)
  expect(stated('')).toBeUndefined()
})

test('a period that is judged but not billed can be chosen too', () => {
  const billed = ['2025-11', '2025-10']
  expect(periodsOf(billed, ['2025-12', null, undefined])).toEqual(['2025-12', '2025-11', '2025-10'])
})

test('rayons are in the order of their numbers', () => {
  expect(rayonsOf(['34', '9'], '35')).toEqual(['9', '34', '35'])
})

test('three years can be compared, and no more', () => {
  expect(comparable('2023-01', '2025-12')).toBe(true)
  expect(comparable('2022-12', '2025-12')).toBe(false)
  expect(comparable('2025-12', '2025-11')).toBe(false)
  expect(comparable(undefined, '2025-12')).toBe(true)
})

test('the months before a day go back over the turn of the year', () => {
  expect(monthsBefore('2026-02-28', 3)).toEqual(['2026-02', '2026-01', '2025-12', '2025-11'])
  expect(monthsBefore('2026-12-01', 1)).toEqual(['2026-12', '2026-11'])
})

const HISTORY = [
  { period: '2025-12', kinds: ['extreme' as const], use_m3: '280', usual_m3: '46.162' },
  { period: '2025-11', kinds: [], use_m3: '46', usual_m3: null },
  { period: '2025-10', kinds: [], use_m3: null, usual_m3: null },
]

test('use is drawn oldest first, and what is anomalous apart', () => {
  const drawn = uses(HISTORY)
  expect(drawn.days).toEqual(['2025-10-01', '2025-11-01', '2025-12-01'])
  expect(drawn.calm).toEqual([null, 46, null])
  expect(drawn.anomalous).toEqual([null, null, 280])
  expect(drawn.usual).toEqual([null, null, 46.162])
})

const reason = (text: string) => ({ code: text, params: {}, text })

test('of several meters each says its own reasons, of one no serial', () => {
  const one = { serial: 'A', reasons: [reason('Naik.')], remarks: [reason('Wajar.')] }
  const other = { ...one, serial: 'B', reasons: [reason('Turun.'), reason('Nol.')], remarks: [] }
  expect(saidOf({ ...one, beside: [] }, { remarks: true })).toEqual(['Naik. Wajar.'])
  expect(saidOf({ ...one, beside: [other] }, { remarks: false })).toEqual(['A: Naik.', 'B: Turun. Nol.'])
})

test('a drawer shows the period of its list, else the newest', () => {
  expect(chosen(HISTORY, '2025-11')).toBe(HISTORY[1])
  expect(chosen(HISTORY, '2019-01')).toBe(HISTORY[0])
  expect(chosen([], null)).toBeUndefined()
})

test('a period between two reads, or up to the one that is shown, was read by nobody', () => {
  const reads = [judged('2026-02'), judged('2026-01', null), judged('2025-11')]
  expect(unread(reads, '2026-01')).toEqual(['2026-01', '2025-12'])
  expect(unread(reads, '2026-03')).toEqual(['2026-03', '2026-01', '2025-12'])
  expect(unread(reads, null)).toEqual(['2026-01', '2025-12'])
  expect(unread([judged('2026-01', null)], '2026-03')).toEqual([])
})

function judged(period: string, read_date: string | null = '2025-11-10') {
  return { period, read_date }
}

function figures(period: string, rayon: string | null, target: string, rate: number | null = 90): Figures {
  const none = { amount: '0.00', currency: 'IDR' as const }
  return {
    period,
    rayon,
    customers: 10,
    volume_m3: '120.5',
    target: { ...none, amount: target },
    target_customers: 10,
    paid: none,
    paid_customers: 0,
    outstanding: none,
    collection_rate: rate,
    collection_rate_customers: rate,
  }
}

test('rayons stand beside each other over the same periods, and a gap stays a gap', () => {
  const sides = beside([
    figures('2025-11', '34', '100.00'),
    figures('2025-12', '34', '100.00'),
    figures('2025-12', '35', '250.00', null),
  ])
  expect(sides.periods).toEqual(['2025-11', '2025-12'])
  expect(sides.lines.map(line => line.rayon)).toEqual(['35', '34'])
  const [of35] = sides.lines
  expect(of35?.figures.map(one => valueOf(one, 'target'))).toEqual([null, 250])
  expect(of35?.figures.map(one => valueOf(one, 'rate'))).toEqual([null, null])
})

test('a change needs something to compare with', () => {
  expect(changePct(90, 60)).toBe(50)
  expect(changePct(45, 60)).toBe(-25)
  expect([changePct(10, 0), changePct(10, null), changePct(null, 10)]).toEqual([null, null, null])
})

test('the highest and the lowest are found among what is known', () => {
  expect(extremes([80, null, 95, 60])).toEqual({ highest: 2, lowest: 3 })
  expect(extremes([null, null])).toBeNull()
})

function days(period: string, shares: Record<string, number>): Days {
  const money = { amount: '0.00', currency: 'IDR' as const }
  const items = Object.entries(shares).map(([day, share]) => ({
    day,
    payments: 1,
    paid: money,
    paid_until_then: money,
    collection_rate: share,
  }))
  return { period, target: money, items, data_as_of: null }
}

test('two periods are paced by days since each began, and a share holds until the next payment', () => {
  const pace = paced(
    days('2025-12', { '2025-12-03': 20, '2025-12-10': 45 }),
    days('2025-11', { '2025-11-03': 10, '2025-11-08': 40, '2025-11-20': 70 }),
  )
  expect(pace?.days).toEqual(['2025-12-03', '2025-12-08', '2025-12-10', '2025-12-20'])
  expect(pace?.now).toEqual([20, 20, 45, null])
  expect(pace?.before).toEqual([10, 40, 40, 70])
  expect(paced(days('2025-12', {}), { ...days('2025-11', {}), period: null })).toBeNull()
})

function read(period: string, use_m3: string | null) {
  return { period, kinds: [], from_m3: '900', stand_m3: '910', use_m3, use30_m3: use_m3 }
}

function happening(kind: Happening['kind'], period: string, amount_minor: number, is_repeat = 0): Happening {
  return { kind, period, day: `${period}-20`, facts: { amount_minor, is_repeat }, import_id: '' }
}

test('a period is compared with the month before it, never with an older one', () => {
  const rows = periodRows([read('2026-01', '15.2'), read('2025-12', '10.1'), read('2025-10', '20')], [])
  expect(rows.map(row => [row.change_m3, row.change_pct])).toEqual([
    [5.1, 50.5],
    [null, null],
    [null, null],
  ])
})

test('a period is paid when what counts of its payments reaches what was billed', () => {
  const happened = [
    happening('billed', '2025-12', 100),
    happening('payment', '2025-12', 60),
    happening('payment', '2025-12', 60, 1),
    { ...happening('payment', '2025-12', 60), facts: { amount_minor: 60, withdrawn_by: 'siti' } },
    happening('billed', '2025-11', 100),
    happening('payment', '2025-11', 100),
    happening('billed', '2025-10', 100),
    happening('payment', '2025-09', 100),
  ]
  const periods = ['2025-12', '2025-11', '2025-10', '2025-09']
  const rows = periodRows(
    periods.map(period => read(period, '1')),
    happened,
  )
  expect(rows.map(row => row.paid)).toEqual(['partly', 'paid', 'unpaid', null])
})
