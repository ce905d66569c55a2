/** How the member likes to read. The server keeps it: it is theirs on every device, and leaves with a log-out. */
import { useMemo } from 'react'
import {
  changeMe,
  type MeOut,
  type Preferences,
  type PreferencesChange,
  type SavedView,
  type ViewChange,
} from '@/api'
import { sentenceOf } from '@/lib/failure'
import { underWayUntil } from '@/lib/undo'
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
  return change({ tables: { [table]: { hidden: [...hidden], dense } } })
}

/** Keep a view; one of the same page and name is replaced. */
export function saveView(view: SavedView): Promise<void> {
  return change({ views: [view] })
}

export function deleteView(view: SavedView): Promise<void> {
  return change({ views: [{ ...view, search: null }] })
}

function isSame(one: ViewChange, other: ViewChange): boolean {
  return one.page === other.page && one.name === other.name
}

/** As the server merges it: what is replaced keeps its place. order: of views, where it is another than now. */
function after(
  known: Preferences,
  { tables, views = [] }: PreferencesChange,
  order: readonly SavedView[] = known.views ?? [],
): Preferences {
  const kept = known.views ?? []
  const place = (view: ViewChange) => {
    const at = order.findIndex(one => isSame(one, view))
    return at === -1 ? order.length : at
  }
  const changed = kept.map(one => views.find(view => isSame(one, view)) ?? one)
  const more = views.filter(view => !kept.some(one => isSame(one, view)))
  return {
    tables: Object.fromEntries(
      Object.entries({ ...known.tables, ...tables }).flatMap(([name, look]) => (look ? [[name, look]] : [])),
    ),
    views: [...changed, ...more]
      .toSorted((one, other) => place(one) - place(other))
      .flatMap(({ search, ...view }) => (search === null ? [] : [{ ...view, search }])),
  }
}

/** What takes a change back. */
function undoing(known: Preferences, { tables = {}, views = [] }: PreferencesChange): PreferencesChange {
  return {
    tables: Object.fromEntries(Object.keys(tables).map(name => [name, known.tables?.[name] ?? null])),
    views: views.map(view => known.views?.find(one => isSame(one, view)) ?? { ...view, search: null }),
  }
}

function show(changed: PreferencesChange, order?: readonly SavedView[]): void {
  queries.setQueryData(
    meQuery.queryKey,
    known => known && { ...known, preferences: after(known.preferences, changed, order) },
  )
}

/** Whether the same person still acts in the same organisation. */
function isStill({ user, organisation }: MeOut): boolean {
  const now = queries.getQueryData(meQuery.queryKey)
  return now?.user.id === user.id && now.organisation.id === organisation.id
}

let newest: Promise<unknown> = Promise.resolve()

/**
 * Shown at once; taken back, with the reason, when the server does not keep it. Changes are sent in turn, and
 * whoever leaves waits for them; one whose turn comes late is not sent as somebody else's.
 */
async function change(preferences: PreferencesChange): Promise<void> {
  // An answer that is still under way knows nothing of the choice, and would undo it.
  await queries.cancelQueries(meQuery)
  const before = queries.getQueryData(meQuery.queryKey)
  if (!before) return
  show(preferences)
  const sent = newest.then(() =>
    isStill(before) ? changeMe({ body: { preferences_change: preferences } }) : undefined,
  )
  const turn = (newest = sent.catch(() => undefined))
  underWayUntil(turn)
  try {
    const answer = await sent
    // It holds what was chosen elsewhere, too.
    if (answer && newest === turn && isStill(answer.data)) queries.setQueryData(meQuery.queryKey, answer.data)
  } catch (error) {
    if (!isStill(before)) return
    show(undoing(before.preferences, preferences), before.preferences.views)
    toast({ text: sentenceOf(error) })
  }
}
