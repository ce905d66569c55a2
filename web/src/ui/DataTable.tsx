/**
 * Rows of records: a table from 768 px, cards in the same order below. Only the rows in sight are in the page.
 *
 * The page itself scrolls, not a box in it. The button in a row's first cell covers the row, so that a row is one
 * target for a finger, a key and a screen reader.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react'
import { usePrinting, useWide } from '@/lib/media'
import type { Column, Selection } from './columns'
import { Cards } from './Cards'
import type { Order } from './order'
import { WideTable } from './WideTable'

export interface DataTableProps<Row extends object> {
  /** What the rows are, for screen readers. */
  label: string
  columns: readonly Column<Row>[]
  rows: readonly Row[]
  rowId: (row: Row) => string
  /** What a row is called when it is opened: "Gudang A, 10 Jan 2025". */
  rowName: (row: Row) => string
  onOpen?: (row: Row) => void
  openId?: string | undefined
  card: (row: Row) => ReactNode
  rowClassName?: (row: Row) => string | undefined
  /** Rows stand close. */
  dense?: boolean
  /** Rows can be marked; cards show their box only while that is on, because it costs a line of text. */
  selection?: Selection | undefined
  /** How rows are ordered; absent: as the list has them. */
  order?: Order | undefined
  /** The header of a column that can be ordered by was pressed. */
  onHeader?: ((column: Column<Row>) => void) | undefined
}

/** What is in sight, and the room that the rest takes. */
export interface Shown {
  first: number
  last: number
  before: number
  after: number
  measure: (node: Element | null) => void
}

const ROW_PX = 41
const DENSE_ROW_PX = 33
const CARD_PX = 92

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { rows, rowId, dense = false } = props
  const wide = useWide()
  const printing = usePrinting()
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  useLayoutEffect(() => {
    // Whatever stands above the rows can grow or go; the page then changes its height.
    const measureTop = () => {
      const measured = (box.current?.getBoundingClientRect().top ?? 0) + scrollY
      setTop(known => (Math.abs(measured - known) > 1 ? measured : known))
    }
    measureTop()
    const observer = new ResizeObserver(measureTop)
    observer.observe(document.body)
    return () => observer.disconnect()
  }, [])
  const virtual = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => (wide ? (dense ? DENSE_ROW_PX : ROW_PX) : CARD_PX),
    overscan: 8,
    scrollMargin: top,
    getItemKey: index => {
      const row = rows[index]
      return row ? rowId(row) : index
    },
  })
  // Rows and cards differ in height: sizes of the one say nothing about the other.
  useEffect(() => virtual.measure(), [wide, dense, virtual])
  const items = virtual.getVirtualItems()
  const before = (items[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  const inSight = {
    first: items[0]?.index ?? 0,
    last: items.at(-1)?.index ?? -1,
    before,
    after: Math.max(0, after),
  }
  const shown: DataTableProps<Row> & Shown = {
    ...props,
    // Paper has no window to scroll.
    ...(printing ? { first: 0, last: rows.length - 1, before: 0, after: 0 } : inSight),
    measure: virtual.measureElement,
  }
  return <div ref={box}>{wide ? <WideTable {...shown} /> : <Cards {...shown} />}</div>
}
