import { expect, test } from 'vitest'
import { calmerUpTo } from './Reason'

test('520 L against a usual 300 L would be WASPADA at 450 L at most', () => {
  expect(calmerUpTo('ANOMALI', '300')).toBe('450')
})

test('the limit is exact for a baseline with decimals, and never rounded up', () => {
  expect(calmerUpTo('ANOMALI', '173.333333')).toBe('259.999999')
  expect(calmerUpTo('WASPADA', '300')).toBe('360')
})
