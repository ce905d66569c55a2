import { useLingui } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { ArrowDown, ArrowUp, ArrowUpDown } from 'lucide-react'
import { memo, useCallback, useEffect, useRef, type ReactNode } from 'react'
import { toggled, type Column, type Selection } from './columns'
import type { DataTableProps, Shown } from './DataTable'
import { Opener } from './Opener'
import type { Order } from './order'

const HEAD = 'sticky print:static top-14 z-10 border-b border-line bg-surface text-xs font-medium text-muted'

export function WideTable<Row extends object>({
  label,
  columns,
  rows,
  rowId,
  rowName,
  onOpen,
  openId,
  rowClassName,
  dense = false,
  selection,
  order,
  onHeader,
  first,
  last,
  before,
  after,
  measure,
}: DataTableProps<Row> & Shown) {
  const { t, i18n } = useLingui()
  const span = columns.length + (selection ? 1 : 0)
  // One function for all renders: a row that did not change is not drawn again.
  const opener = useRef(onOpen)
  useEffect(() => {
    opener.current = onOpen
  })
  const open = useCallback((row: Row) => opener.current?.(row), [])
  return (
    <table
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className="w-full table-fixed print:table-auto border-separate border-spacing-0 text-sm"
    >
      <thead>
        <tr aria-rowindex={1}>
          {selection && (
            <th scope="col" className={clsx(HEAD, 'w-10 p-0 print:hidden')}>
              <SelectAll selection={selection} ids={rows.map(rowId)} />
            </th>
          )}
          {columns.map(column => {
            const { id, header, meta, rank } = column
            const by = order?.id === id ? order : undefined
            return (
              <th
                key={id}
                scope="col"
                aria-sort={by && (by.descending ? 'descending' : 'ascending')}
                style={{ width: meta?.width }}
                className={clsx(
                  HEAD,
                  'h-9 px-3',
                  meta?.numeric ? 'text-right' : 'text-left',
                  'print:!w-auto print:px-1.5',
                )}
              >
                {rank && onHeader ? (
                  <OrderButton by={by} onPress={() => onHeader(column)}>
                    {i18n._(header)}
                  </OrderButton>
                ) : (
                  i18n._(header)
                )}
              </th>
            )
          })}
        </tr>
      </thead>
      <tbody>
        <Spacer height={before} span={span} />
        {rows.slice(first, last + 1).map((row, offset) => {
          const id = rowId(row)
          const name = rowName(row)
          const marked = selection?.ids.has(id) ?? false
          return (
            <tr
              key={id}
              ref={measure}
              data-index={first + offset}
              aria-rowindex={first + offset + 2}
              aria-selected={marked || id === openId ? true : undefined}
              className={clsx(
                'group relative',
                onOpen && 'hover:bg-hover',
                (marked || id === openId) && 'bg-brand-soft',
                rowClassName?.(row),
              )}
            >
              {selection && (
                <td className="border-b border-line p-0 print:hidden">
                  <label className={clsx('relative z-1', BOX)}>
                    <input
                      type="checkbox"
                      data-select={id}
                      aria-label={t`Pilih ${name}`}
                      checked={marked}
                      onChange={() => selection.set(toggled(selection.ids, id))}
                      className="size-4 accent-brand"
                    />
                  </label>
                </td>
              )}
              <Cells
                row={row}
                id={id}
                name={name}
                columns={columns}
                dense={dense}
                locale={i18n.locale}
                onOpen={onOpen && open}
              />
            </tr>
          )
        })}
        <Spacer height={after} span={span} />
      </tbody>
    </table>
  )
}

interface OrderButtonProps {
  by: Order | undefined
  onPress: () => void
  children: ReactNode
}

/** A header to press; how the column is ordered is said by its cell. Chromium repeats no button on the next page. */
function OrderButton({ by, onPress, children }: OrderButtonProps) {
  const Arrow = by ? (by.descending ? ArrowDown : ArrowUp) : ArrowUpDown
  return (
    <button
      type="button"
      onClick={onPress}
      className={clsx(
        'group inline-flex min-h-6 items-center gap-1 hover:text-text print:contents',
        by && 'text-text',
      )}
    >
      {children}
      <Arrow
        aria-hidden
        className={clsx('size-3.5 shrink-0 print:hidden', !by && 'opacity-60 group-hover:opacity-100')}
      />
    </button>
  )
}

interface CellsProps<Row> {
  row: Row
  id: string
  name: string
  columns: readonly Column<Row>[]
  dense: boolean
  /** Another language draws everything again. */
  locale: string
  onOpen: ((row: Row) => void) | undefined
}

const Cells = memo(function Cells<Row>({ row, id, name, columns, dense, onOpen }: CellsProps<Row>) {
  return columns.map((column, index) => {
    const content = column.cell?.(row) ?? column.text(row)
    return (
      <td
        key={column.id}
        className={clsx(
          'border-b border-line px-3 print:overflow-visible print:px-1.5 print:py-1 print:align-top print:text-xs print:whitespace-normal',
          dense ? 'h-8' : 'h-10',
          // A number that is cut reads as another one.
          column.meta?.numeric ? 'text-right break-words tabular' : 'truncate',
        )}
      >
        {index === 0 && onOpen ? (
          <Opener name={name} id={id} onOpen={() => onOpen(row)}>
            {content}
          </Opener>
        ) : (
          content
        )}
      </td>
    )
  })
}) as <Row>(props: CellsProps<Row>) => React.ReactNode

const BOX = 'flex h-8 w-full items-center justify-center'

function SelectAll({ selection, ids }: { selection: Selection; ids: readonly string[] }) {
  const { t } = useLingui()
  const marked = ids.filter(id => selection.ids.has(id)).length
  return (
    <label className={BOX}>
      <input
        type="checkbox"
        aria-label={t`Pilih semua yang ditampilkan`}
        checked={marked > 0 && marked === ids.length}
        ref={box => {
          if (box) box.indeterminate = marked > 0 && marked < ids.length
        }}
        onChange={() => selection.set(new Set(marked === ids.length ? [] : ids))}
        className="size-4 accent-brand"
      />
    </label>
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
