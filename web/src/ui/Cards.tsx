import { clsx } from 'clsx'
import { useLingui } from '@lingui/react/macro'
import { toggled } from './columns'
import type { DataTableProps, Shown } from './DataTable'
import { Opener } from './Opener'

export function Cards<Row extends object>({
  label,
  rows,
  rowId,
  rowName,
  onOpen,
  card,
  rowClassName,
  dense = false,
  selection,
  first,
  last,
  before,
  after,
  measure,
}: DataTableProps<Row> & Shown) {
  const { t } = useLingui()
  return (
    <ul aria-label={label} className="flex flex-col" style={{ paddingTop: before, paddingBottom: after }}>
      {rows.slice(first, last + 1).map((row, offset) => {
        const id = rowId(row)
        const name = rowName(row)
        const marked = selection?.ids.has(id) ?? false
        return (
          <li
            key={id}
            ref={measure}
            data-index={first + offset}
            aria-setsize={rows.length}
            aria-posinset={first + offset + 1}
            className={clsx(
              'relative border-b border-line',
              dense ? 'py-2' : 'py-3',
              marked && '-mx-4 bg-brand-soft px-4',
              rowClassName?.(row),
            )}
          >
            {selection?.isOn ? (
              <label className="flex items-center gap-3 font-medium after:absolute after:inset-0">
                <input
                  type="checkbox"
                  data-select={id}
                  aria-label={t`Pilih ${name}`}
                  checked={marked}
                  onChange={() => selection.set(toggled(selection.ids, id))}
                  className="relative z-1 size-5 shrink-0 accent-brand"
                />
                <span className="min-w-0 flex-1">{card(row)}</span>
              </label>
            ) : onOpen ? (
              <Opener id={id} onOpen={() => onOpen(row)}>
                {card(row)}
              </Opener>
            ) : (
              card(row)
            )}
          </li>
        )
      })}
    </ul>
  )
}
