import type { MessageDescriptor } from '@lingui/core'
import type { ReactNode } from 'react'
import type { Rank } from './order'

/** One column; declare the list once (or memoised), the table is rebuilt when it changes. */
export interface Column<Row> {
  id: string
  header: MessageDescriptor
  /** What the cell says, also in an exported file: dates as `2025-01-10`, numbers without a unit. */
  text: (row: Row) => string
  /** How it is drawn, where that is more than its text. */
  cell?: (row: Row) => ReactNode
  /** The unit of `text`, for the head of an exported file. */
  unit?: string
  /** What rows are ordered by when its header is pressed; without it they cannot be. */
  rank?: (row: Row) => Rank
  meta?: ColumnLook
}

interface ColumnLook {
  /** Numbers stand at the right, in figures of one width. */
  numeric?: boolean
  /** A CSS width; columns without one share the rest. */
  width?: string
}

/** Which rows are marked, by id. `isOn`: a touch marks a row instead of opening it. */
export interface Selection {
  ids: ReadonlySet<string>
  set: (ids: ReadonlySet<string>) => void
  isOn: boolean
  begin: () => void
  /** Take all marks off. */
  end: () => void
}

export function toggled(ids: ReadonlySet<string>, id: string): ReadonlySet<string> {
  return ids.has(id) ? new Set([...ids].filter(one => one !== id)) : new Set([...ids, id])
}
