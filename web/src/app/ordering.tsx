/** Lists in the order of a column: of all their rows, never of those alone that happen to be loaded. */
import { Trans, useLingui } from '@lingui/react/macro'
import {
  hashKey,
  useInfiniteQuery,
  type InfiniteData,
  type QueryKey,
  type UseInfiniteQueryOptions,
} from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import { number } from '@/lib/format'
import { useWide } from '@/lib/media'
import { Button } from '@/ui/Button'
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
  /** The list, as it is narrowed now, was found too long. */
  isTooLong: boolean
  onTooLong: () => void
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
  const [tooLong, setTooLong] = useState<string>()
  const key = hashKey(query().queryKey)
  const list = useInfiniteQuery({
    ...query(whole ? AT_ONCE : undefined),
    ...(order && { refetchOnWindowFocus: false, refetchOnReconnect: false }),
  })
  if (order && list.hasNextPage && !whole) setWhole(true)
  const onOrder = useCallback((next: Order | undefined) => {
    setOrder(next)
    setTooLong(undefined)
    if (!next) setWhole(false)
  }, [])
  const asked = useMemo<Asked>(
    () => ({
      order,
      onOrder,
      isTooLong: tooLong === key,
      onTooLong: () => {
        onOrder(undefined)
        setTooLong(key)
      },
    }),
    [order, onOrder, tooLong, key],
  )
  return { list, asked }
}

interface Ordering<Row> {
  rows: readonly Row[]
  /** The order that the rows are in. */
  order: Order | undefined
  /** Why the rows are not in the order that was asked for, and how it is let go of. */
  note: ReactNode
}

/**
 * Fetch what is left of a list when an order is asked for, then put all of it in order. The order is let go of
 * where the list is too long for it or its column is not shown.
 */
export function useOrdering<Row>(
  list: Fetched,
  asked: Asked | undefined,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): Ordering<Row> {
  const { i18n } = useLingui()
  const wide = useWide()
  const wanted = asked?.order
  const rank = wanted && columns.find(({ id }) => id === wanted.id)?.rank
  const { hasNextPage, isFetching, isPlaceholderData, isError, fetchNextPage } = list
  const isShort = rank !== undefined && (hasNextPage || isPlaceholderData)
  const isTooLong = isShort && !isPlaceholderData && rows.length >= MOST
  const goesOn = isShort && rows.length < MOST && !isError
  const isVain = wanted !== undefined && !rank
  useEffect(() => {
    if (isTooLong) asked?.onTooLong()
    else if (isVain) asked?.onOrder(undefined)
    else if (goesOn && !isFetching) void fetchNextPage()
  }, [asked, isTooLong, isVain, goesOn, isFetching, fetchNextPage])
  const order = rank && !isShort ? wanted : undefined
  const shown = useMemo(
    () => (rank && order ? ordered(rows, rank, order.descending, i18n.locale) : rows),
    [rows, rank, order, i18n.locale],
  )
  const note = asked?.isTooLong ? (
    <TooLong />
  ) : (
    // Cards have no headers to press.
    (isShort || (order && !wide)) && (
      <p className="flex flex-wrap items-center gap-2 text-sm text-muted">
        {isShort && <Waits failed={isError} />}
        <Button onClick={() => asked?.onOrder(undefined)}>
          <Trans>Lepas urutan</Trans>
        </Button>
      </p>
    )
  )
  return { rows: shown, order, note }
}

function Waits({ failed }: { failed: boolean }) {
  return (
    <span role="status">
      {failed ? (
        <Trans>Sebagian baris belum bisa dimuat, jadi belum diurutkan. Muat lagi di bawah daftar.</Trans>
      ) : (
        <Trans>Memuat semua baris untuk diurutkan…</Trans>
      )}
    </span>
  )
}

function TooLong() {
  const most = number(MOST)
  return (
    <p role="status" className="text-sm text-muted">
      <Trans>Lebih dari {most} baris. Saring dulu, lalu urutkan.</Trans>
    </p>
  )
}
