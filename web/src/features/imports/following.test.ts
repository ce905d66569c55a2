import { expect, test } from 'vitest'
import type { ImportRecord } from '@/api'
import type { ImportMoved } from '@/app/live'
import { isNews, withMove } from './following'

const COUNTS = { created: 0, updated: 0, unchanged: 0, rejected: 0 }
const KNOWN = { id: 'a', state: 'committing', rows: 100, progress: 0.1, counts: COUNTS, file_name: 'MC.csv' }
const known = KNOWN as ImportRecord

function move(more: Partial<ImportMoved>): ImportMoved {
  return {
    id: 'a',
    state: 'committing',
    rows: 100,
    progress: 0.5,
    counts: { ...COUNTS, created: 50 },
    ...more,
  }
}

test('a file that goes on moves its bar and keeps what the feed does not tell', () => {
  expect(withMove(known, move({}))).toEqual({ ...KNOWN, progress: 0.5, counts: { ...COUNTS, created: 50 } })
})

test('another file, and one that is in another state now, are left to the server', () => {
  expect(withMove(known, move({ id: 'b' }))).toBe(known)
  expect(withMove(known, move({ state: 'completed' }))).toBe(known)
})

test('what is new or has changed its state is fetched', () => {
  expect(isNews([known], move({}))).toBe(false)
  expect(isNews([known], move({ state: 'completed' }))).toBe(true)
  expect(isNews([known], move({ id: 'b' }))).toBe(true)
})
