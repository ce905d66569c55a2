import { i18n } from '@lingui/core'
import { beforeAll, expect, test } from 'vitest'
import { nameOf, starts } from './periods'

beforeAll(() => i18n.activate('id'))

test('months begin on the first and weeks on Monday, newest first', () => {
  expect(starts('month', '2025-03-31').slice(0, 4)).toEqual([
    '2025-03-01',
    '2025-02-01',
    '2025-01-01',
    '2024-12-01',
  ])
  expect(starts('week', '2025-01-05').slice(0, 2)).toEqual(['2024-12-30', '2024-12-23'])
})

test('a month is called by its name, a week by its dates', () => {
  expect(nameOf('month', '2025-01-01')).toBe('Januari 2025')
  expect(nameOf('week', '2024-12-30')).toBe('30 Des – 5 Jan 2025')
})
