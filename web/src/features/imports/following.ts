/** Imports as the live feed moves them: how far each is, between two answers of the server. */
import { useEffect } from 'react'
import type { ImportRecord } from '@/api'
import { queries } from '@/app/client'
import { listenToImports, type ImportMoved } from '@/app/live'
import { importQuery, importsQuery, refetchImports } from './queries'

/** What was fetched, with what the feed says of it. */
export function withMove<One extends ImportRecord>(
  known: One,
  { id, state, rows, progress, counts }: ImportMoved,
): One {
  return known.id === id && known.state === state ? { ...known, rows, progress, counts } : known
}

/** Whether more than the feed tells is different now: a file's questions, its preview, what blocks it. */
export function isNews(known: readonly ImportRecord[], { id, state }: ImportMoved): boolean {
  return !known.some(one => one.id === id && one.state === state)
}

/** Move the bars of what is known; whatever changed its state, or is new, is fetched. */
export function useFollowing(): void {
  useEffect(() => {
    return listenToImports(move => {
      const list = queries.getQueryData(importsQuery.queryKey)
      if (isNews(list?.pages.flatMap(page => page.items) ?? [], move)) {
        refetchImports()
        return
      }
      queries.setQueryData(
        importsQuery.queryKey,
        known =>
          known && {
            ...known,
            pages: known.pages.map(page => ({ ...page, items: page.items.map(one => withMove(one, move)) })),
          },
      )
      queries.setQueryData(importQuery(move.id).queryKey, known => known && withMove(known, move))
    }, refetchImports)
  }, [])
}
