import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import * as api from '@/api'
import { OfflineError } from '@/lib/problem'
import { queries } from './client'
import { chooseLook, deleteView, saveView } from './preferences'
import { meQuery } from './session'

/** What the server keeps: it replaces the whole with what it is told. */
let server: api.Preferences = {}
beforeEach(() => {
  server = {}
  vi.spyOn(api, 'me').mockImplementation((async () => ({ data: { preferences: server } })) as never)
  vi.spyOn(api, 'changeMe').mockImplementation((async ({ body }: { body: api.MeIn }) => {
    server = body.preferences ?? {}
    return {}
  }) as never)
  queries.setQueryData(meQuery.queryKey, { preferences: {} } as api.MeOut)
})
afterEach(() => {
  vi.restoreAllMocks()
  queries.clear()
})

const look = { hidden: new Set(['recorded']), dense: false }
const shown = () => queries.getQueryData(meQuery.queryKey)?.preferences

test('a choice outlives an answer that was still under way', async () => {
  const late = Promise.withResolvers<api.MeOut>()
  const fetching = queries.fetchQuery({ ...meQuery, queryFn: () => late.promise, staleTime: 0 })
  await chooseLook('transactions', look)
  late.resolve({ preferences: {} } as api.MeOut)
  await fetching.catch(() => undefined)
  expect(shown()?.tables).toEqual({ transactions: { hidden: ['recorded'], dense: false } })
})

test('what another tab chose meanwhile stays', async () => {
  const view = { page: '/anomalies', name: 'Makassar', search: '' }
  server = { views: [view] }
  await chooseLook('transactions', look)
  expect(server).toEqual({ views: [view], tables: { transactions: { hidden: ['recorded'], dense: false } } })
})

test('two choices at once are both kept', async () => {
  const views = ['a', 'b'].map(name => ({ page: '/anomalies', name, search: '' }))
  await Promise.all(views.map(saveView))
  expect(server.views).toEqual(views)
  expect(shown()?.views).toEqual(views)
})

test('a choice that is not kept takes nothing of a later one with it', async () => {
  const view = { page: '/anomalies', name: 'a', search: '' }
  vi.mocked(api.changeMe).mockRejectedValueOnce(new OfflineError('away'))
  await Promise.all([deleteView(view), saveView(view)])
  expect(server.views).toEqual([view])
  expect(shown()?.views).toEqual([view])
})
