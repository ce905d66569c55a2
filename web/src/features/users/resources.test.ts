import { expect, test } from 'vitest'
import { narrowed } from './resources'

test('actions stand in one order, however they were chosen', () => {
  expect(narrowed({ imports: 'ru' }, 'imports', 'c', true)).toEqual({ imports: 'cru' })
})

test('a resource of which nothing may be done is not named', () => {
  expect(narrowed({ imports: 'r', cases: 'r' }, 'imports', 'r', false)).toEqual({ cases: 'r' })
})
