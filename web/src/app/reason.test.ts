import { expect, test } from 'vitest'
import { calmerUpTo, notLowFrom } from './Reason'

test('520 L against a usual 300 L would be WASPADA at 450 L at most', () => {
  expect(calmerUpTo('ANOMALI', '300')).toBe('450')
})

test('the limit is exact for a baseline with decimals, and never rounded up', () => {
  expect(calmerUpTo('ANOMALI', '173.333333')).toBe('259.999999')
  expect(calmerUpTo('WASPADA', '300')).toBe('360')
})

test('the limit follows the thresholds that judged', () => {
  const by = { waspada_pct: '110.5', anomali_pct: '130' }
  expect(calmerUpTo('ANOMALI', '300', by)).toBe('390')
  expect(calmerUpTo('WASPADA', '300', by)).toBe('331.5')
})

test('low use stops being low at its bound, and never below it', () => {
  expect(notLowFrom('50', '300')).toBe('150')
  expect(notLowFrom('33.3333', '0.000001')).toBe('0.000001')
})
