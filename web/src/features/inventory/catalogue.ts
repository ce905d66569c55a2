/** What locations and products share: a list with a search, and a drawer that makes, changes and deactivates one. */
import type { MessageDescriptor } from '@lingui/core'
import type { LucideIcon } from 'lucide-react'
import type { ComponentType, ReactNode } from 'react'
import type { Column } from '@/ui/columns'

export interface Entry {
  id: string
  name: string
  version: number
  is_active: boolean
}

export interface Filters {
  q?: string
  active?: 'no' | 'all'
}

interface Answer<Data> {
  data: Data
}

export interface FormProps<One extends Entry> {
  formId: string
  /** Absent: a new one. */
  entry: One | undefined
  locked: boolean
  onDone: () => void
}

/** One kind of thing in the catalogue. */
export interface Kind<One extends Entry> {
  /** Its page, its resource in the permissions, and its table in the preferences. */
  name: 'locations' | 'products'
  operations: { list: string; get: string }
  list: (
    query: { limit: number; q?: string; active?: boolean; cursor?: string },
    signal: AbortSignal,
  ) => Promise<Answer<{ items: One[]; next_cursor?: string | null }>>
  get: (id: string, signal: AbortSignal) => Promise<Answer<One>>
  activate: (id: string) => Promise<unknown>
  deactivate: (id: string) => Promise<unknown>
  columns: readonly Column<One>[]
  /** What a card says after the name. */
  details: (one: One) => ReactNode
  icon: LucideIcon
  words: Record<'title' | 'lead' | 'add' | 'fresh' | 'one' | 'unread' | 'none' | 'teaches', MessageDescriptor>
  Form: ComponentType<FormProps<One>>
}

/** The server's `active` parameter for a filter. */
export function activeOf({ active }: Filters): { active?: boolean } {
  return active === 'all' ? {} : { active: active !== 'no' }
}
