import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table'
import { useLingui } from '@lingui/react/macro'
import { clsx } from 'clsx'
import { memo, useMemo } from 'react'
import { toggled, type ColumnLook, type Selection } from './columns'
import type { DataTableProps, Shown } from './DataTable'
import { Opener } from './Opener'

const LOOK: ColumnLook = {}
const features = tableFeatures({ columnMeta: LOOK })
type Features = typeof features

const HEAD = 'sticky top-14 z-10 border-b border-line bg-surface text-xs font-medium text-muted'

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
  first,
  last,
  before,
  after,
  measure,
}: DataTableProps<Row> & Shown) {
  const { t, i18n } = useLingui()
  const defs = useMemo(() => {
    const helper = createColumnHelper<Features, Row>()
    return columns.map(column =>
      helper.display({
        id: column.id,
        header: () => i18n._(column.header),
        cell: ({ row: { original } }) => column.cell?.(original) ?? column.text(original),
        ...(column.meta && { meta: column.meta }),
      }),
    )
  }, [columns, i18n])
  const table = useTable({ features, columns: defs, data: rows, getRowId: rowId })
  const all = table.getRowModel().rows
  const span = columns.length + (selection ? 1 : 0)
  return (
    <table
      aria-label={label}
      aria-rowcount={rows.length + 1}
      className="w-full table-fixed border-separate border-spacing-0 text-sm"
    >
      <thead>
        {table.getHeaderGroups().map(group => (
          <tr key={group.id} aria-rowindex={1}>
            {selection && (
              <th scope="col" className={clsx(HEAD, 'w-10 p-0')}>
                <SelectAll selection={selection} ids={rows.map(rowId)} />
              </th>
            )}
            {group.headers.map(header => {
              const look = header.column.columnDef.meta
              return (
                <th
                  key={header.id}
                  scope="col"
                  style={{ width: look?.width }}
                  className={clsx(HEAD, 'h-9 px-3', look?.numeric ? 'text-right' : 'text-left')}
                >
                  <table.FlexRender header={header} />
                </th>
              )
            })}
          </tr>
        ))}
      </thead>
      <tbody>
        <Spacer height={before} span={span} />
        {all.slice(first, last + 1).map((row, offset) => {
          const name = rowName(row.original)
          const marked = selection?.ids.has(row.id) ?? false
          return (
            <tr
              key={row.id}
              ref={measure}
              data-index={first + offset}
              aria-rowindex={first + offset + 2}
              aria-selected={marked || row.id === openId ? true : undefined}
              className={clsx(
                'group relative',
                onOpen && 'hover:bg-hover',
                (marked || row.id === openId) && 'bg-brand-soft',
                rowClassName?.(row.original),
              )}
            >
              {selection && (
                <td className="border-b border-line p-0">
                  <label className={clsx('relative z-1', BOX)}>
                    <input
                      type="checkbox"
                      data-select={row.id}
                      aria-label={t`Pilih ${name}`}
                      checked={marked}
                      onChange={() => selection.set(toggled(selection.ids, row.id))}
                      className="size-4 accent-brand"
                    />
                  </label>
                </td>
              )}
              {row.getAllCells().map((cell, index) => {
                const look = cell.column.columnDef.meta
                return (
                  <td
                    key={cell.id}
                    className={clsx(
                      'truncate border-b border-line px-3',
                      dense ? 'h-8' : 'h-10',
                      look?.numeric && 'text-right tabular',
                    )}
                  >
                    {index === 0 && onOpen ? (
                      <Opener name={name} id={row.id} onOpen={() => onOpen(row.original)}>
                        <table.FlexRender cell={cell} />
                      </Opener>
                    ) : (
                      <table.FlexRender cell={cell} />
                    )}
                  </td>
                )
              })}
            </tr>
          )
        })}
        <Spacer height={after} span={span} />
      </tbody>
    </table>
  )
}

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
