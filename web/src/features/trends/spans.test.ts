import { i18n } from '@lingui/core'
import { beforeAll, expect, test } from 'vitest'
import { periodName, usualFrom } from './spans'

beforeAll(() => i18n.activate('id'))

test('the page looks back over 30 days, 13 weeks or 12 months, the current ones included', () => {
  expect(usualFrom('day', '2025-01-30')).toBe('2025-01-01')
  expect(usualFrom('week', '2025-01-12')).toBe('2024-10-14')
  expect(usualFrom('week', '2025-01-13')).toBe('2024-10-21')
  expect(usualFrom('month', '2025-03-31')).toBe('2024-04-01')
})

test('a whole month has its name, one cut short its dates', () => {
  expect(periodName('month', '2025-02-01', '2025-02-28')).toBe('Feb 2025')
  expect(periodName('month', '2025-02-01', '2025-02-10')).toBe('1 Feb – 10 Feb 2025')
  expect(periodName('week', '2025-01-06', '2025-01-12')).toBe('6 Jan – 12 Jan 2025')
  expect(periodName('day', '2025-01-06', '2025-01-06')).toBe('6 Jan 2025')
})
