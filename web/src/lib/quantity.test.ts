import { expect, test } from 'vitest'
import { parseDecimal, volumeProblem } from './quantity'

test.each([
  ['520', 'id', '520'],
  ['520,5', 'id', '520.5'],
  ['1.234', 'id', '1234'],
  ['1.234', 'en', '1.234'],
  ['1,234', 'en', '1234'],
  ['1,234', 'id', '1.234'],
  ['1.234,50', 'id', '1234.5'],
  ['1,234.50', 'id', '1234.5'],
  ['1.234.567', 'id', '1234567'],
  ['12.5', 'id', '12.5'],
  ['0.500', 'id', '0.5'],
  ['0,500', 'en', '0.5'],
  ['0.125', 'id', '0.125'],
  ['0.500.000', 'id', null],
  ['01.234', 'id', '1234'],
  ['01,234', 'en', '1234'],
  ['+1.234', 'id', '1234'],
  ['0,000001', 'id', '0.000001'],
  ['007', 'id', '7'],
  ['520 L', 'id', '520'],
  ['', 'id', null],
  ['-5', 'id', null],
  ['lima', 'id', null],
  ['1.2.3', 'id', null],
  ['1e3', 'id', null],
])('%s in %s is %s', (typed, language, expected) => {
  expect(parseDecimal(typed, language)).toBe(expected)
})

test.each([
  ['0', 'range'],
  ['0.000001', null],
  ['1000000', null],
  ['1000000.000001', 'range'],
  ['1.0000001', 'digits'],
  [null, 'missing'],
])('a volume of %s is %s', (volume, expected) => {
  expect(volumeProblem(volume)).toBe(expected)
})
