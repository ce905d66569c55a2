import { expect, test } from 'vitest'
import type { EffectiveMeterLimits } from '@/api'
import { limitsHolding, limitsOf, type TypedLimits } from './limits'

const TYPED: TypedLimits = {
  usage_class: ' 3A ',
  meter_size: ' 1/2" ',
  content: 'own',
  extreme_m3: '1.250,5',
  drop_pct: '40',
  drop_floor_m3: '5',
  month_from_days: '20',
  month_to_days: '45',
  zeros: '3',
  estimates: 'dua',
  trouble_codes: 'STAND TIDAK JELAS\n\n  BURAM ',
  start: 'now',
  valid_from: '',
}

test('limits are sent as exact numbers, and what is none as it was typed', () => {
  expect(limitsOf(TYPED, 'id')).toEqual({
    usage_class: '3A',
    meter_size: '1/2"',
    limits: {
      extreme_m3: '1250.5',
      drop_pct: 40,
      drop_floor_m3: '5',
      month_from_days: 20,
      month_to_days: 45,
      zeros: 3,
      estimates: 'dua',
      trouble_codes: ['STAND TIDAK JELAS', 'BURAM'],
    },
    valid_from: null,
  })
})

test('a form is filled with what holds for its class and size, else for all', () => {
  const holding = [
    [null, null],
    [null, '1/2'],
    ['3A', null],
    ['3A', '1/2'],
  ].map(([usage_class, meter_size]) => ({
    usage_class,
    meter_size,
    limits: { id: `${usage_class}/${meter_size}` },
  })) as EffectiveMeterLimits[]
  expect(limitsHolding(holding, '3A', '1/2')?.id).toBe('3A/1/2')
  expect(limitsHolding(holding, '', '1/2')?.id).toBe('null/1/2')
  expect(limitsHolding(holding, '3A', '')?.id).toBe('3A/null')
  expect(limitsHolding(holding, '2B', '')?.id).toBe('null/null')
})

test('a class may follow all the others, from a time by the clocks of the office', () => {
  const later = {
    ...TYPED,
    usage_class: '',
    meter_size: '',
    content: 'inherit',
    start: 'later',
    valid_from: '2026-02-01T00:00',
  } as const
  expect(limitsOf(later, 'id')).toEqual({
    usage_class: null,
    meter_size: null,
    limits: null,
    valid_from: '2026-01-31T17:00:00.000Z',
  })
})
