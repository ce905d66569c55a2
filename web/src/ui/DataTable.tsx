/**
 * Rows of records: a table from 768 px, cards in the same order below. Only the rows in sight are in the page.
 *
 * The page itself scrolls, not a box in it. The button in a row's first cell covers the row, so that a row is one
 * target for a finger, a key and a screen reader.
 */
import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { useWindowVirtualizer } from '@tanstack/react-virtual'
import { Trans } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react'
import { number } from '@/lib/format'
import { useWide } from '@/lib/media'
import { Button } from './Button'

interface ColumnLook {
  /** Numbers stand at the right, in figures of one width. */
  numeric?: boolean
  /** A CSS width; columns without one share the rest. */
  width?: string
}

const LOOK: ColumnLook = {}
const features = tableFeatures({ columnMeta: LOOK })
type Features = typeof features

/** One column; declare the list once (or memoised), the table is rebuilt when it changes. */
export interface Column<Row> {
  id: string
  header: ReactNode
  cell: (row: Row) => ReactNode
  meta?: ColumnLook
}

interface DataTableProps<Row extends object> {
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
  more?: { has: boolean; busy: boolean; load: () => void }
}

const ROW_PX = 41
const CARD_PX = 92

export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { label, rows, rowId, more } = props
  const wide = useWide()
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
    estimateSize: () => (wide ? ROW_PX : CARD_PX),
    overscan: 12,
    scrollMargin: top,
    getItemKey: index => {
      const row = rows[index]
      return row ? rowId(row) : index
    },
  })
  // Rows and cards differ in height: sizes of the one say nothing about the other.
  useEffect(() => virtual.measure(), [wide, virtual])
  const items = virtual.getVirtualItems()
  const before = (items[0]?.start ?? top) - top
  const after = virtual.getTotalSize() - ((items.at(-1)?.end ?? top) - top)
  const shown = {
    ...props,
    first: items[0]?.index ?? 0,
    last: items.at(-1)?.index ?? -1,
    before,
    after: Math.max(0, after),
  }
  return (
    <div ref={box} className="flex flex-col gap-3">
      {wide ? (
        <WideTable {...shown} measure={virtual.measureElement} />
      ) : (
        <Cards {...shown} measure={virtual.measureElement} />
      )}
      {more && <More {...more} count={rows.length} label={label} />}
    </div>
  )
}

interface Shown {
  first: number
  last: number
  before: number
  after: number
  measure: (node: Element | null) => void
}

function WideTable<Row extends object>({
  label,
  columns,
  rows,
  rowId,
  rowName,
  onOpen,
  openId,
  rowClassName,
  first,
  last,
  before,
  after,
  measure,
}: DataTableProps<Row> & Shown) {
  const defs = useMemo(() => {
    const helper = createColumnHelper<Features, Row>()
    return columns.map(column =>
      helper.display({
        id: column.id,
        header: () => column.header,
        cell: context => column.cell(context.row.original),
        ...(column.meta && { meta: column.meta }),
      }),
    )
  }, [columns])
  const table = useTable({
    features,
    columns: defs,
    data: rows,
    getRowId: rowId,
  })
  const all = table.getRowModel().rows
  return (
    <table
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className="w-full table-fixed border-separate border-spacing-0 text-sm"
    >
      <thead>
        {table.getHeaderGroups().map(group => (
          <tr key={group.id} aria-rowindex={1}>
            {group.headers.map(header => {
              const look = header.column.columnDef.meta
              return (
                <th
                  key={header.id}
                  scope="col"
                  style={{ width: look?.width }}
                  className={clsx(
                    'sticky top-14 z-10 h-9 border-b border-line bg-surface px-3 text-xs font-medium text-muted',
                    look?.numeric ? 'text-right' : 'text-left',
                  )}
                >
                  <table.FlexRender header={header} />
                </th>
              )
            })}
          </tr>
        ))}
      </thead>
      <tbody>
        <Spacer height={before} span={columns.length} />
        {all.slice(first, last + 1).map((row, offset) => (
          <tr
            key={row.id}
            ref={measure}
            data-index={first + offset}
            aria-rowindex={first + offset + 2}
            aria-selected={row.id === openId ? true : undefined}
            className={clsx(
              'group relative',
              onOpen && 'hover:bg-hover',
              row.id === openId && 'bg-brand-soft',
              rowClassName?.(row.original),
            )}
          >
            {row.getAllCells().map((cell, index) => {
              const look = cell.column.columnDef.meta
              return (
                <td
                  key={cell.id}
                  className={clsx(
                    'h-10 truncate border-b border-line px-3',
                    look?.numeric && 'text-right tabular',
                  )}
                >
                  {index === 0 && onOpen ? (
                    <Opener name={rowName(row.original)} id={row.id} onOpen={() => onOpen(row.original)}>
                      <table.FlexRender cell={cell} />
                    </Opener>
                  ) : (
                    <table.FlexRender cell={cell} />
                  )}
                </td>
              )
            })}
          </tr>
        ))}
        <Spacer height={after} span={columns.length} />
      </tbody>
    </table>
  )
}

function Cards<Row extends object>({
  label,
  rows,
  rowId,
  onOpen,
  card,
  rowClassName,
  first,
  last,
  before,
  after,
  measure,
}: DataTableProps<Row> & Shown) {
  return (
    <ul aria-label={label} className="flex flex-col" style={{ paddingTop: before, paddingBottom: after }}>
      {rows.slice(first, last + 1).map((row, offset) => (
        <li
          key={rowId(row)}
          ref={measure}
          data-index={first + offset}
          aria-setsize={rows.length}
          aria-posinset={first + offset + 1}
          className={clsx('relative border-b border-line py-3', rowClassName?.(row))}
        >
          {onOpen ? (
            <Opener id={rowId(row)} onOpen={() => onOpen(row)}>
              {card(row)}
            </Opener>
          ) : (
            card(row)
          )}
        </li>
      ))}
    </ul>
  )
}

interface OpenerProps {
  /** What its cell says is too little for a name; a card says everything. */
  name?: string
  id: string
  onOpen: () => void
  children: ReactNode
}

function Opener({ name, id, onOpen, children }: OpenerProps) {
  return (
    <button
      type="button"
      data-row={id}
      aria-label={name}
      onClick={onOpen}
      className="block w-full truncate text-left font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-brand"
    >
      {children}
    </button>
  )
}

const Spacer = memo(function Spacer({ height, span }: { height: number; span: number }) {
  if (height <= 0) return null
  return (
    <tr aria-hidden>
      <td colSpan={span} style={{ height, padding: 0 }} />
    </tr>
  )
})

function More({
  has,
  busy,
  load,
  count,
  label,
}: {
  has: boolean
  busy: boolean
  load: () => void
  count: number
  label: string
}) {
  const shown = number(count)
  return (
    <div className="flex flex-col items-center gap-2 py-1 text-xs text-muted">
      {has && (
        <Button busy={busy} onClick={load}>
          <Trans>Muat lagi</Trans>
        </Button>
      )}
      <p>
        <span className="sr-only">{label}: </span>
        <Trans>{shown} ditampilkan</Trans>
      </p>
    </div>
  )
}
