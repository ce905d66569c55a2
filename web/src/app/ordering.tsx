/** Lists in the order of a column: of all their rows, never of those alone that happen to be loaded. */
import { Trans, useLingui } from '@lingui/react/macro'
import {
  useInfiniteQuery,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { number } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { ordered, type Order } from '@/ui/order'

/** As many rows as are put in order. */
const MOST = 5_000
/** What is asked of the server at once for a list that is wanted whole: the most that it gives. */
const AT_ONCE = 500

interface Fetched {
  isError: boolean
  hasNextPage: boolean
  isFetching: boolean
  isPlaceholderData: boolean
  fetchNextPage: () => unknown
}

/** The order that was asked for. */
export interface Asked {
  order: Order | undefined
  onOrder: (order: Order | undefined) => void
}

/**
 * Fetch a list that can be ordered: page by page, in large pages once it is wanted whole. While it is ordered it
 * is not fetched again because somebody comes back to it. query: for pages of a size, or of the list's own.
 */
export function useOrderable<Page, Key extends QueryKey>(
  query: (limit?: number) => UseInfiniteQueryOptions<Page, Error, InfiniteData<Page>, Key, string>,
) {
  const [order, setOrder] = useState<Order>()
  const [whole, setWhole] = useState(false)
  const list = useInfiniteQuery({
    ...query(whole ? AT_ONCE : undefined),
    ...(order && { refetchOnWindowFocus: false, refetchOnReconnect: false }),
  })
  if (order && list.hasNextPage && !whole) setWhole(true)
  const onOrder = useCallback((next: Order | undefined) => {
    setOrder(next)
    if (!next) setWhole(false)
  }, [])
  return { list, asked: useMemo(() => ({ order, onOrder }), [order, onOrder]) }
}

interface Ordering<Row> {
  rows: readonly Row[]
  /** The order that the rows are in. */
  order: Order | undefined
  /** Why the rows are not in the order that was asked for. */
  note: ReactNode
}

/** Fetch what is left of a list when an order is asked for, then put all of it in order. */
export function useOrdering<Row>(
  list: Fetched,
  asked: Order | undefined,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Ordering<Row> {
  const { i18n } = useLingui()
  const rank = asked && columns.find(({ id }) => id === asked.id)?.rank
  const { hasNextPage, isFetching, isPlaceholderData, isError, fetchNextPage } = list
  const isShort = rank !== undefined && (hasNextPage || isPlaceholderData)
  const goesOn = isShort && rows.length < MOST && !isError
  useEffect(() => {
    if (goesOn && !isFetching) void fetchNextPage()
  }, [goesOn, isFetching, fetchNextPage])
  const order = rank && !isShort ? asked : undefined
  const shown = useMemo(
    () => (rank && order ? ordered(rows, rank, order.descending, i18n.locale) : rows),
    [rows, rank, order, i18n.locale],
  )
  return { rows: shown, order, note: isShort && <Note goesOn={goesOn} failed={isError} /> }
}

function Note({ goesOn, failed }: { goesOn: boolean; failed: boolean }) {
  const most = number(MOST)
  return (
    <p role="status" className="text-sm text-muted">
      {goesOn ? (
        <Trans>Memuat semua baris untuk diurutkan…</Trans>
      ) : failed ? (
        <Trans>Sebagian baris belum bisa dimuat, jadi belum diurutkan. Muat lagi di bawah daftar.</Trans>
      ) : (
        <Trans>Lebih dari {most} baris. Saring dulu, lalu urutkan.</Trans>
      )}
    </p>
  )
}
