import { act, renderHook } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { refetch } from '@/app/client'
import { listenToImports, type ImportMoved } from '@/app/live'
import { ECHOES_MS } from '@/app/reads'
import { useFollowingImports } from './following'

vi.mock('@/app/client', () => ({ refetch: vi.fn<typeof refetch>() }))
vi.mock('@/app/live', () => ({ listenToImports: vi.fn<typeof listenToImports>(() => () => undefined) }))

const LISTS = ['listed']

beforeEach(() => vi.useFakeTimers())
afterEach(() => {
  vi.useRealTimers()
  vi.clearAllMocks()
})

function begin(hold: boolean) {
  const hook = renderHook(({ still }) => useFollowingImports(['figures'], LISTS, still), {
    initialProps: { still: hold },
  })
  const tell = vi.mocked(listenToImports).mock.lastCall?.[0]
  return {
    ...hook,
    completes: () => act(() => tell?.({ state: 'completed' } as ImportMoved)),
    all: () =>
      act(() => {
        vi.advanceTimersByTime(Math.max(...ECHOES_MS))
      }),
  }
}

const reads = (operation: string) => vi.mocked(refetch).mock.calls.filter(([one]) => one === operation).length

test('news reaches figures while lists hold still, and the lists once they are let go of', () => {
  const { rerender, completes, all } = begin(true)
  completes()
  all()
  expect([reads('figures'), reads('listed')]).toEqual([ECHOES_MS.length, 0])
  rerender({ still: false })
  expect(reads('listed')).toBe(1)
})

test('news is not lost where a list begins to hold still just after it', () => {
  const { rerender, completes, all } = begin(false)
  completes()
  rerender({ still: true })
  all()
  expect([reads('figures'), reads('listed')]).toEqual([ECHOES_MS.length, 0])
  rerender({ still: false })
  expect(reads('listed')).toBe(1)
})

test('nor where it stops holding still before the news is shown', () => {
  const { rerender, completes, all } = begin(true)
  completes()
  rerender({ still: false })
  all()
  expect(reads('listed')).toBe(ECHOES_MS.length)
})
