/** A list of records in all its states: waiting, failed, empty, without a match, or as a table with its acts. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Download, X } from 'lucide-react'
import { useMemo, useState, type ReactNode } from 'react'
import { number } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import type { Column, Selection } from '@/ui/columns'
import { DataTable, type DataTableProps } from '@/ui/DataTable'
import { pressed } from '@/ui/order'
import { Failed, NoMatch, Skeleton } from '@/ui/States'
import { useKeys } from './keys'
import { useOrdering, type Asked } from './ordering'
import { useLook, type TableName } from './preferences'
import { saveRows } from './saving'

/** What an infinite query says about itself. */
interface Fetched {
  isPending: boolean
  isError: boolean
  error: Error | null
  data: unknown
  refetch: () => unknown
  hasNextPage: boolean
  isFetching: boolean
  isFetchingNextPage: boolean
  isPlaceholderData: boolean
  fetchNextPage: () => unknown
}

interface ListingProps<Row extends object> extends Omit<
  DataTableProps<Row>,
  'dense' | 'selection' | 'order' | 'onHeader'
> {
  table: TableName
  list: Fetched
  /** How its rows are to be ordered, where they can be (`useOrderable`). */
  asked?: Asked
  /** What is said when it fails. */
  failure?: ReactNode
  /** What is shown when nothing is there at all. */
  empty: ReactNode
  filtered: boolean
  onClear: () => void
  selection: Selection
  /** What can be done with the marked rows, besides a file of them. */
  acts?: (rows: readonly Row[]) => ReactNode
}

export function useSelection(): Selection {
  const [ids, set] = useState<ReadonlySet<string>>(new Set())
  const [begun, setBegun] = useState(false)
  return useMemo(
    () => ({
      ids,
      set,
      isOn: begun || ids.size > 0,
      begin: () => setBegun(true),
      end: () => {
        setBegun(false)
        set(new Set())
      },
    }),
    [ids, begun],
  )
}

export function Listing<Row extends object>(props: ListingProps<Row>) {
  const { list, rows, failure, empty, filtered, onClear } = props
  if (list.isPending) return <Skeleton lines={10} />
  if (list.isError && list.data === undefined) {
    return (
      <Failed
        what={failure ?? <Trans>Daftar belum bisa dimuat.</Trans>}
        error={list.error}
        onRetry={() => void list.refetch()}
      />
    )
  }
  if (rows.length === 0) return filtered ? <NoMatch onClear={onClear} /> : empty
  return <Rows {...props} />
}

function Rows<Row extends object>({ table, list, asked, acts, selection, ...shown }: ListingProps<Row>) {
  const { rowId, columns, label } = shown
  const { hidden, dense } = useLook(table)
  const visible = useMemo(
    () => columns.filter((column, at) => at === 0 || !hidden.has(column.id)),
    [columns, hidden],
  )
  const { rows, order, note } = useOrdering(list, asked, visible, shown.rows)
  const marked = rows.filter(row => selection.ids.has(rowId(row)))
  const count = number(rows.length)
  return (
    <div className="flex flex-col gap-3">
      {note}
      <DataTable<Row>
        {...shown}
        columns={visible}
        rows={rows}
        dense={dense}
        selection={selection}
        order={order}
        onHeader={asked && (column => asked.onOrder(pressed(asked.order, column)))}
      />
      <div className="flex flex-col items-center gap-2 py-1 text-xs text-muted">
        {list.hasNextPage && (
          <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            <Trans>Muat lagi</Trans>
          </Button>
        )}
        <p>
          <span className="sr-only">{label}: </span>
          <Trans>{count} ditampilkan</Trans>
        </p>
        {list.hasNextPage && (
          <p className="hidden print:block">
            <Trans>Masih ada baris lain; muat semua atau ekspor.</Trans>
          </p>
        )}
      </div>
      {selection.isOn && (
        <ActionBar rows={marked} columns={visible} label={label} onStop={selection.end}>
          {marked.length > 0 && acts?.(marked)}
        </ActionBar>
      )}
    </div>
  )
}

interface ActionBarProps<Row> {
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  label: string
  onStop: () => void
  children: ReactNode
}

/** What can be done with the marked rows; it says how many they are. */
function ActionBar<Row>({ rows, columns, label, onStop, children }: ActionBarProps<Row>) {
  const { t } = useLingui()
  useKeys(useMemo(() => ({ Escape: onStop }), [onStop]))
  return (
    <section
      aria-label={t`Yang dipilih`}
      className="sticky bottom-18 z-20 flex flex-wrap items-center gap-2 self-center rounded-lg border border-edge bg-raised py-1.5 pr-1.5 pl-4 shadow-pop md:bottom-4"
    >
      <p role="status" className="text-sm font-medium">
        {rows.length === 0 ? <Trans>Pilih barisnya</Trans> : <Plural value={rows.length} other="# dipilih" />}
      </p>
      {children}
      {rows.length > 0 && (
        <Button
          icon={<Download aria-hidden className="size-4" />}
          onClick={() => saveRows(label, columns, rows)}
        >
          <Plural value={rows.length} other="Unduh # baris (CSV)" />
        </Button>
      )}
      <IconButton label={t`Batal memilih`} onClick={onStop}>
        <X aria-hidden />
      </IconButton>
    </section>
  )
}
