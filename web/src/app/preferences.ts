/** How the member likes to read. The server keeps it: it is theirs on every device, and leaves with a log-out. */
import { useMemo } from 'react'
import { changeMe, type Preferences, type SavedView } from '@/api'
import { sentenceOf } from '@/lib/failure'
import { toast } from '@/ui/Toast'
import { queries } from './client'
import { meQuery, useSession } from './session'

export type TableName =
  | 'anomalies'
  | 'incidents'
  | 'transactions'
  | 'locations'
  | 'products'
  | 'members'
  | 'audit'
  | 'thresholds'
  | 'versions'
  | 'deliveries'
  | 'meter'
  | 'customers'
  | 'cases'

export interface Look {
  hidden: ReadonlySet<string>
  dense: boolean
}

export function useLook(table: TableName): Look {
  const look = useSession().preferences.tables?.[table]
  return useMemo(() => ({ hidden: new Set(look?.hidden), dense: look?.dense ?? false }), [look])
}

export function useSavedViews(): readonly SavedView[] {
  return useSession().preferences.views ?? []
}

export function chooseLook(table: TableName, { hidden, dense }: Look): Promise<void> {
  return change(known => ({
    ...known,
    tables: { ...known.tables, [table]: { hidden: [...hidden], dense } },
  }))
}

function isSame(one: SavedView, other: SavedView): boolean {
  return one.page === other.page && one.name === other.name
}

/** Keep a view; one of the same page and name is replaced. */
export function saveView(view: SavedView): Promise<void> {
  return change(known => ({
    ...known,
    views: [...(known.views ?? []).filter(one => !isSame(one, view)), view],
  }))
}

export function deleteView(view: SavedView): Promise<void> {
  return change(known => ({ ...known, views: (known.views ?? []).filter(one => !isSame(one, view)) }))
}

/** Shown at once; taken back, with the reason, when the server does not keep it. */
async function change(how: (known: Preferences) => Preferences): Promise<void> {
  // An answer that is still under way knows nothing of the choice, and would undo it.
  await queries.cancelQueries(meQuery)
  const before = queries.getQueryData(meQuery.queryKey)
  if (!before) return
  const preferences = how(before.preferences)
  queries.setQueryData(meQuery.queryKey, { ...before, preferences })
  try {
    await changeMe({ body: { preferences } })
  } catch (error) {
    queries.setQueryData(meQuery.queryKey, before)
    toast({ text: sentenceOf(error) })
  }
}
