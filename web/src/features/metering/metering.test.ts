import { expect, test } from 'vitest'
import { cubic, cubicOfLitres, rupiahOfMinor, stated } from './happenings'
import { periodsOf, rayonsOf } from './scopes'
import { chosen, uses } from './uses'

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
  const billed = [{ period: '2025-11' }, { period: '2025-11' }, { period: '2025-10' }]
  expect(periodsOf(billed, ['2025-12', null, undefined])).toEqual(['2025-12', '2025-11', '2025-10'])
})

test('rayons are in the order of their numbers', () => {
  expect(rayonsOf([{ rayon: '34' }, { rayon: null }, { rayon: '9' }, { rayon: '34' }], '35')).toEqual([
    '9',
    '34',
    '35',
  ])
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

test('a drawer shows the period of its list, else the newest', () => {
  expect(chosen(HISTORY, '2025-11')).toBe(HISTORY[1])
  expect(chosen(HISTORY, '2019-01')).toBe(HISTORY[0])
  expect(chosen([], null)).toBeUndefined()
})
