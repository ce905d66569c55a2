import { expect, test } from 'vitest'
import { may } from './session'

const operator = { permissions: { 'fuel.transactions': 'c', anomalies: 'r' } }

test('an operator records but does not read transactions', () => {
  expect(may(operator, 'fuel.transactions', 'c')).toBe(true)
  expect(may(operator, 'fuel.transactions', 'r')).toBe(false)
  expect(may(operator, 'locations', 'r')).toBe(false)
})

test('a star stands for every resource', () => {
  expect(may({ permissions: { '*': 'crud' } }, 'locations', 'd')).toBe(true)
  expect(may({ permissions: { '*': 'r' } }, 'locations', 'd')).toBe(false)
})
