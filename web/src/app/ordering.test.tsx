import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { keepPreviousData, QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, renderHook } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import type { Column } from '@/ui/columns'
import { useOrderable, useOrdering, type Asked } from './ordering'

vi.mock('@/lib/media', () => ({ useWide: () => true }))

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

function asking(order?: Asked['order']) {
  return {
    order,
    isTooLong: false,
    onOrder: vi.fn<Asked['onOrder']>(),
    onTooLong: vi.fn<Asked['onTooLong']>(),
  }
}

function begin(first: ReturnType<typeof list>, order: Asked) {
  return renderHook(({ shown, asked }) => useOrdering<Row>(shown.list, asked, columns, shown.rows), {
    initialProps: { shown: first, asked: order },
    wrapper: ({ children }) => <I18nProvider i18n={i18n}>{children}</I18nProvider>,
  })
}

test('a list is whole before it is put in order', () => {
  const part = list([1, 3], { hasNextPage: true })
  const [none, wanted] = [asking(), asking(by)]
  const { result, rerender } = begin(part, none)
  expect(part.list.fetchNextPage).not.toHaveBeenCalled()
  rerender({ shown: part, asked: wanted })
  expect(part.list.fetchNextPage).toHaveBeenCalledOnce()
  expect(result.current).toMatchObject({ rows: part.rows, order: undefined })
  expect(result.current.note).toBeTruthy()
  rerender({ shown: list([1, 3], { ...part.list, isFetching: true }), asked: wanted })
  rerender({ shown: list([1, 3, 2], part.list), asked: wanted })
  expect(part.list.fetchNextPage).toHaveBeenCalledTimes(2)
  const whole = list([1, 3, 2, 4])
  rerender({ shown: whole, asked: wanted })
  expect(result.current.rows.map(row => row.use)).toEqual([4, 3, 2, 1])
  expect(result.current).toMatchObject({ order: by, note: false })
  expect([wanted.onOrder, wanted.onTooLong].flatMap(one => one.mock.calls)).toEqual([])
  rerender({ shown: whole, asked: none })
  expect(result.current.rows.map(row => row.use)).toEqual([1, 3, 2, 4])
})

test.each([
  ['cannot be fetched', [1], { hasNextPage: true, isError: true }],
  ['is still another one', [1, 2], { isFetching: true, isPlaceholderData: true }],
])('a list that %s stays as it is, and says so', (_, uses, more) => {
  const part = list(uses, more)
  const { result } = begin(part, asking(by))
  expect(part.list.fetchNextPage).not.toHaveBeenCalled()
  expect(result.current).toMatchObject({ rows: part.rows, order: undefined })
  expect(result.current.note).toBeTruthy()
})

test('a list that is too long, or without the column, lets go of the order', () => {
  const long = asking(by)
  begin(list(Array<number>(5_000).fill(1), { hasNextPage: true }), long)
  expect(long.onTooLong).toHaveBeenCalledOnce()
  const hidden = asking({ id: 'hidden', descending: true })
  begin(list([1]), hidden)
  expect(hidden.onOrder).toHaveBeenCalledExactlyOnceWith(undefined)
})

test('a list that was too long is as before and says so, until it is narrowed', async () => {
  const client = new QueryClient()
  const { result, rerender } = renderHook(
    ({ filter }) =>
      useOrderable(limit => ({
        queryKey: ['rows', filter, limit],
        queryFn: () => Promise.resolve({ next: 'more' }),
        initialPageParam: '0',
        getNextPageParam: (page: { next: string }) => page.next,
      })),
    {
      initialProps: { filter: 'all' },
      wrapper: ({ children }) => <QueryClientProvider client={client}>{children}</QueryClientProvider>,
    },
  )
  await vi.waitFor(() => expect(result.current.list.hasNextPage).toBe(true))
  act(() => result.current.asked.onOrder(by))
  expect(result.current.asked).toMatchObject({ order: by, isTooLong: false })
  act(() => result.current.asked.onTooLong())
  expect(result.current.asked).toMatchObject({ order: undefined, isTooLong: true })
  expect(result.current.list.data?.pages).toHaveLength(1)
  rerender({ filter: 'some' })
  expect(result.current.asked.isTooLong).toBe(false)
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
