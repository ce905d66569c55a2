import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import {
  getImport,
  importErrors,
  importSample,
  importTemplate,
  listImports,
  listImportTypes,
  previewImport,
  seeUndoOfImport,
  type ImportRecord,
} from '@/api'
import { refetch } from '@/app/client'
import { feedIsOpen } from '@/app/live'
import { fileName, save } from '@/lib/file'

/** How often the server is asked for what goes on: seldom, while the feed tells it anyway. */
const ASK_MS = { told: 10_000, untold: 700 }
const MOVING = new Set<ImportRecord['state']>(['queued', 'analysed', 'committing', 'undoing'])

/** Whether an import goes on by itself. */
export function moves(state: ImportRecord['state']): boolean {
  return MOVING.has(state)
}

function askAgain(goesOn: boolean): number | false {
  if (!goesOn) return false
  return feedIsOpen() ? ASK_MS.told : ASK_MS.untold
}

/** Imports, newest first; while one goes on, how far it is. */
export const importsQuery = infiniteQueryOptions({
  queryKey: [{ _id: 'listImports' }],
  queryFn: async ({ pageParam, signal }) =>
    (await listImports({ query: { limit: 50, ...(pageParam && { cursor: pageParam }) }, signal })).data,
  initialPageParam: '',
  getNextPageParam: page => page.next_cursor ?? undefined,
  placeholderData: keepPreviousData,
  refetchInterval: ({ state }) =>
    askAgain((state.data?.pages ?? []).some(page => page.items.some(one => moves(one.state)))),
})

export const importQuery = (id: string) =>
  queryOptions({
    queryKey: [{ _id: 'getImport', id }],
    queryFn: async ({ signal }) => (await getImport({ path: { import_id: id }, signal })).data,
    staleTime: 0,
    refetchInterval: ({ state }) => askAgain(state.data !== undefined && moves(state.data.state)),
  })

export const previewQuery = (id: string, preview: string) =>
  queryOptions({
    queryKey: [{ _id: 'previewImport', id, preview }],
    queryFn: async ({ signal }) => (await previewImport({ path: { import_id: id }, signal })).data,
  })

export const undoQuery = (id: string) =>
  queryOptions({
    queryKey: [{ _id: 'seeUndoOfImport', id }],
    queryFn: async ({ signal }) => (await seeUndoOfImport({ path: { import_id: id }, signal })).data,
    staleTime: 0,
  })

export const typesQuery = queryOptions({
  queryKey: [{ _id: 'listImportTypes' }],
  queryFn: async ({ signal }) => (await listImportTypes({ signal })).data.items,
  staleTime: Infinity,
})

export async function saveErrors(id: string): Promise<void> {
  await kept(importErrors({ path: { import_id: id }, parseAs: 'stream' }), 'arus-errors.xlsx')
}

export async function saveTemplate(type: string): Promise<void> {
  await kept(importTemplate({ path: { type_name: type }, parseAs: 'stream' }), `${type}.xlsx`)
}

export async function saveSample(type: string): Promise<void> {
  await kept(importSample({ path: { type_name: type }, parseAs: 'stream' }), `${type}.xlsx`)
}

async function kept(asked: Promise<{ response: Response }>, otherwise: string): Promise<void> {
  const { response } = await asked
  save(fileName(response, otherwise), await response.blob())
}

/** Fetch again what a change of an import can be seen in. */
export function refetchImports(): void {
  refetch('getImport', 'listImports', 'previewImport', 'seeUndoOfImport', 'listFuelTransactions', 'uses')
}
