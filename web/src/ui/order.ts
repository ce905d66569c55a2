/** Rows in the order of a column. */
import type { Column } from './columns'

/** What a column is ordered by; null stands last, whichever way. */
export type Rank = string | number | null

export interface Order {
  /** Of the column. */
  id: string
  descending: boolean
}

/** What a press on a header asks for: that order, numbers from the largest; the other way; no order any more. */
export function pressed<Row>(
  order: Order | undefined,
  { id, meta }: Pick<Column<Row>, 'id' | 'meta'>,
): Order | undefined {
  const first = meta?.numeric ?? false
  if (order?.id !== id) return { id, descending: first }
  return order.descending === first ? { id, descending: !first } : undefined
}

/** Return rows ordered; those that are alike stay as they were. locale: of their words. */
export function ordered<Row>(
  rows: readonly Row[],
  rank: (row: Row) => Rank,
  descending: boolean,
  locale: string,
): readonly Row[] {
  const words = new Intl.Collator(locale, { numeric: true })
  const sign = descending ? -1 : 1
  const compare = (one: Rank, other: Rank) => {
    if (one === null || other === null) return Number(one === null) - Number(other === null)
    return (
      sign *
      (typeof one === 'number' && typeof other === 'number'
        ? one - other
        : words.compare(String(one), String(other)))
    )
  }
  return rows
    .map(row => ({ row, rank: rank(row) }))
    .toSorted((one, other) => compare(one.rank, other.rank))
    .map(({ row }) => row)
}
