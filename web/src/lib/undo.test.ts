import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runAll, undoable } from './undo'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

test('an act runs once: when its time is up, or before when all that waits must run', async () => {
  const late = vi.fn<() => Promise<void>>(async () => {})
  const soon = vi.fn<() => Promise<void>>(async () => {})
  undoable(late, 7_000)
  vi.advanceTimersByTime(7_000)
  undoable(soon, 7_000)
  await runAll()
  vi.advanceTimersByTime(7_000)
  expect([late, soon].map(run => run.mock.calls.length)).toEqual([1, 1])
})

test('what was taken back does not run', async () => {
  const run = vi.fn<() => Promise<void>>(async () => {})
  undoable(run, 7_000).undo()
  vi.advanceTimersByTime(7_000)
  await runAll()
  expect(run).not.toHaveBeenCalled()
})

test('all that waits is answered, although one of it fails', async () => {
  const kept = vi.fn<() => Promise<void>>(async () => {})
  undoable(() => Promise.reject(new Error('refused')), 7_000)
  undoable(kept, 7_000)
  await runAll()
  expect(kept).toHaveBeenCalledOnce()
})

test('what began when its time was up is answered, too', async () => {
  const answer = Promise.withResolvers<void>()
  const left = vi.fn<() => void>()
  undoable(() => answer.promise, 7_000)
  vi.advanceTimersByTime(7_000)
  const leaving = runAll().then(left)
  await vi.advanceTimersByTimeAsync(1)
  expect(left).not.toHaveBeenCalled()
  answer.resolve()
  await leaving
})
