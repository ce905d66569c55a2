import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { keepPreviousData, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import type { Column } from '@/ui/columns'
import type { Order } from '@/ui/order'
import { useOrderable, useOrdering } from './ordering'

interface Row {
  use: number
}

const columns = [
  { id: 'use', header: { id: 'use' }, text: row => String(row.use), rank: row => row.use },
] satisfies Column<Row>[]
const by = { id: 'use', descending: true }

function list(uses: readonly number[], more: Partial<Parameters<typeof useOrdering>[0]> = {}) {
  return {
    rows: uses.map(use => ({ use })),
    list: {
      isError: false,
      hasNextPage: false,
      isFetching: false,
      isPlaceholderData: false,
      fetchNextPage: vi.fn<() => void>(),
      ...more,
    },
  }
}

function begin(first: ReturnType<typeof list>, order: Order | undefined) {
  return renderHook(({ shown, asked }) => useOrdering<Row>(shown.list, asked, columns, shown.rows), {
    initialProps: { shown: first, asked: order },
    wrapper: ({ children }) => <I18nProvider i18n={i18n}>{children}</I18nProvider>,
  })
}

test('a list is whole before it is put in order', () => {
  const part = list([1, 3], { hasNextPage: true })
  const { result, rerender } = begin(part, undefined)
  expect(part.list.fetchNextPage).not.toHaveBeenCalled()
  rerender({ shown: part, asked: by })
  expect(part.list.fetchNextPage).toHaveBeenCalledOnce()
  expect(result.current).toMatchObject({ rows: part.rows, order: undefined })
  expect(result.current.note).toBeTruthy()
  rerender({ shown: list([1, 3], { ...part.list, isFetching: true }), asked: by })
  rerender({ shown: list([1, 3, 2], part.list), asked: by })
  expect(part.list.fetchNextPage).toHaveBeenCalledTimes(2)
  const whole = list([1, 3, 2, 4])
  rerender({ shown: whole, asked: by })
  expect(result.current.rows.map(row => row.use)).toEqual([4, 3, 2, 1])
  expect(result.current).toMatchObject({ order: by, note: false })
  rerender({ shown: whole, asked: undefined })
  expect(result.current.rows.map(row => row.use)).toEqual([1, 3, 2, 4])
})

test.each([
  ['is too long', Array<number>(5_000).fill(1), { hasNextPage: true }],
  ['cannot be fetched', [1], { hasNextPage: true, isError: true }],
  ['is still another one', [1, 2], { isFetching: true, isPlaceholderData: true }],
])('a list that %s stays as it is, and says so', (_, uses, more) => {
  const part = list(uses, more)
  const { result } = begin(part, by)
  expect(part.list.fetchNextPage).not.toHaveBeenCalled()
  expect(result.current).toMatchObject({ rows: part.rows, order: undefined })
  expect(result.current.note).toBeTruthy()
})

test('a long list is asked for in large pages once it is ordered, and not again because somebody returns', async () => {
  const client = new QueryClient()
  const asked: [limit: number, cursor: string][] = []
  const { result } = renderHook(
    () =>
      useOrderable((limit = 2) => ({
        queryKey: ['rows', limit],
        queryFn: ({ pageParam }: { pageParam: string }) => {
          asked.push([limit, pageParam])
          const from = Number(pageParam)
          return Promise.resolve({ next: from + limit < 800 ? String(from + limit) : undefined })
        },
        initialPageParam: '0',
        getNextPageParam: (page: { next: string | undefined }) => page.next,
        placeholderData: keepPreviousData,
      })),
    {
      wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
    },
  )
  await vi.waitFor(() => expect(result.current.list.hasNextPage).toBe(true))
  act(() => result.current.asked.onOrder(by))
  expect(result.current.list.isPlaceholderData).toBe(true)
  await vi.waitFor(() => expect(result.current.list.isPlaceholderData).toBe(false))
  void result.current.list.fetchNextPage()
  await vi.waitFor(() => expect(result.current.list.hasNextPage).toBe(false))
  window.dispatchEvent(new Event('visibilitychange'))
  expect(result.current.list.isFetching).toBe(false)
  expect(asked).toEqual([
    [2, '0'],
    [500, '0'],
    [500, '500'],
  ])
  act(() => result.current.asked.onOrder(undefined))
  expect(result.current.list.data?.pages).toHaveLength(1)
})
