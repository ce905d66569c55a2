import { expect, test } from 'vitest'
import { insideConsole } from './next'

test.each([
  [undefined, '/app/'],
  ['/anomalies?status=ANOMALI', '/app/anomalies?status=ANOMALI'],
  ['//evil.example', '/app/'],
  ['/\\evil.example', '/app/'],
  ['https://evil.example', '/app/'],
])('%s leads to %s', (next, expected) => {
  expect(insideConsole(next)).toBe(expected)
})
