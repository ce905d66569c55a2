import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Anomaly } from '@/api'
import { VerdictRows } from './rows'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function verdict(
  fact_id: string,
  status: Anomaly['status'] = 'ANOMALI',
  judged_at = '2025-01-10T07:00:00Z',
): Anomaly {
  return {
    id: `v-${fact_id}`,
    domain: 'fuel',
    location: { id: 'l', name: 'Gudang A' },
    product: { id: 'p', name: 'Solar' },
    date: '2025-01-10',
    volume: '520',
    baseline: '300',
    risk_score: '173.33',
    status,
    reason: { code: 'FUEL_ANOMALI', params: {}, text: '' },
    milder: [],
    thresholds_id: null,
    fact_id,
    judged_at,
    superseded: false,
  }
}

const everything = () => true

test('rows are shown together, not one by one', () => {
  const rows = new VerdictRows(everything)
  const shown = vi.fn<() => void>()
  rows.watch(shown)
  rows.hear(verdict('1'))
  rows.hear(verdict('2'))
  expect(shown).not.toHaveBeenCalled()
  vi.advanceTimersByTime(500)
  expect(shown).toHaveBeenCalledTimes(1)
  expect(rows.snapshot().rows.map(row => row.fact_id)).toEqual(['2', '1'])
})

test('a held list stands still and counts', () => {
  const rows = new VerdictRows(everything)
  rows.load([verdict('1')])
  rows.hold(true)
  rows.hear(verdict('2'))
  vi.advanceTimersByTime(500)
  expect(rows.snapshot()).toMatchObject({ waiting: 1, rows: [{ fact_id: '1' }] })
  rows.hold(false)
  expect(rows.snapshot()).toMatchObject({ waiting: 0, rows: [{ fact_id: '2' }, { fact_id: '1' }] })
})

test('a fact judged again replaces its row, and leaves when it no longer belongs', () => {
  const rows = new VerdictRows(row => row.status === 'ANOMALI')
  rows.load([verdict('1')])
  rows.hear(verdict('1', 'NORMAL', '2025-01-10T08:00:00Z'))
  vi.advanceTimersByTime(500)
  expect(rows.snapshot().rows).toEqual([])
})

test('what the server lists later wins over what was heard before', () => {
  const rows = new VerdictRows(everything)
  rows.hear(verdict('1', 'WASPADA'))
  vi.advanceTimersByTime(500)
  rows.load([verdict('1', 'ANOMALI', '2025-01-10T09:00:00Z')])
  expect(rows.snapshot().rows[0]?.status).toBe('ANOMALI')
})

test('what is withdrawn where a fact was leaves what was said where it is now', () => {
  const rows = new VerdictRows(everything)
  const before = verdict('1')
  rows.load([before])
  rows.hear({ ...verdict('1'), location: { id: 'm', name: 'Gudang B' } })
  vi.advanceTimersByTime(500)
  rows.drop(before)
  expect(rows.snapshot().rows.map(row => row.location.id)).toEqual(['m'])
  rows.drop({ ...before, location: { id: 'm', name: 'Gudang B' } })
  expect(rows.snapshot().rows).toEqual([])
})
