import { afterEach, expect, test, vi } from 'vitest'
import * as api from '@/api'
import { queries } from './client'
import { chooseLook } from './preferences'
import { meQuery } from './session'

afterEach(() => {
  vi.restoreAllMocks()
  queries.clear()
})

const before = { preferences: { tables: {} } } as unknown as api.MeOut

test('a choice outlives an answer that was still under way', async () => {
  const late = Promise.withResolvers<api.MeOut>()
  vi.spyOn(api, 'changeMe').mockResolvedValue({} as never)
  queries.setQueryData(meQuery.queryKey, before)
  const fetching = queries.fetchQuery({ ...meQuery, queryFn: () => late.promise, staleTime: 0 })
  await chooseLook('transactions', { hidden: new Set(['recorded']), dense: false })
  late.resolve(before)
  await fetching.catch(() => undefined)
  expect(queries.getQueryData(meQuery.queryKey)?.preferences.tables).toEqual({
    transactions: { hidden: ['recorded'], dense: false },
  })
})
