import { expect, test } from 'vitest'
import { day, oneOf, period, text, tidy } from './search'

test('an address holds only what differs', () => {
  expect(tidy({ status: undefined, location: 'a' })).toEqual({ location: 'a' })
})

test('what does not belong counts as absent', () => {
  expect(day('2025-13-45')).toBeUndefined()
  expect(day('2025-01-10')).toBe('2025-01-10')
  expect(period('2025-13')).toBeUndefined()
  expect(period('2025-12')).toBe('2025-12')
  expect(oneOf('x', ['a', 'b'])).toBeUndefined()
  expect(text({})).toBeUndefined()
})
