import { afterEach, expect, test, vi } from 'vitest'
import * as api from '@/api'
import { queries } from './client'
import { signOut, switchTo } from './leaving'
import { chooseLook, deleteView, saveView } from './preferences'
import { meQuery } from './session'

afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  queries.clear()
})

const before = {
  user: { id: 'siti' },
  organisation: { id: 'depot' },
  preferences: { tables: {} },
} as unknown as api.MeOut
const solar = { name: 'Solar', page: '/fuel/transactions', search: 'product=1' }
const depot = { name: 'Depot', page: '/locations', search: '' }
const dense = { hidden: [], dense: true }

const chosen = () => queries.getQueryData(meQuery.queryKey)?.preferences

/** A server that keeps nothing itself: each request waits for its answer. */
function waiting() {
  const asked: { sent: unknown; answer: PromiseWithResolvers<{ data: api.MeOut }> }[] = []
  vi.spyOn(api, 'changeMe').mockImplementation((({ body }: { body: api.MeIn }) => {
    const answer = Promise.withResolvers<{ data: api.MeOut }>()
    asked.push({ sent: body.preferences_change, answer })
    return answer.promise
  }) as never)
  return asked
}

function me(preferences: api.Preferences): { data: api.MeOut } {
  return { data: { ...before, preferences } }
}

test('a choice outlives an answer that was still under way', async () => {
  const late = Promise.withResolvers<api.MeOut>()
  const kept = {
    ...before,
    preferences: { tables: { transactions: { hidden: ['recorded'], dense: false } } },
  }
  vi.spyOn(api, 'changeMe').mockResolvedValue({ data: kept } as never)
  queries.setQueryData(meQuery.queryKey, before)
  const fetching = queries.fetchQuery({ ...meQuery, queryFn: () => late.promise, staleTime: 0 })
  await chooseLook('transactions', { hidden: new Set(['recorded']), dense: false })
  late.resolve(before)
  await fetching.catch(() => undefined)
  expect(queries.getQueryData(meQuery.queryKey)?.preferences.tables).toEqual({
    transactions: { hidden: ['recorded'], dense: false },
  })
})

test('only what was chosen is sent, in turn, and the last answer brings what others chose', async () => {
  queries.setQueryData(meQuery.queryKey, me({ views: [solar] }).data)
  const asked = waiting()
  const first = chooseLook('audit', { hidden: new Set(), dense: true })
  const second = saveView({ ...solar, search: '' })
  const third = deleteView(depot)
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  expect(chosen()).toEqual({ tables: { audit: dense }, views: [{ ...solar, search: '' }] })
  asked[0]?.answer.resolve(me({ tables: { audit: dense }, views: [solar, depot] }))
  await first
  expect(chosen()?.views, 'an answer that later choices have overtaken').toEqual([{ ...solar, search: '' }])
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  asked[1]?.answer.resolve(me({}))
  await vi.waitFor(() => expect(asked).toHaveLength(3))
  const last = { tables: { audit: dense, meter: dense }, views: [{ ...solar, search: '' }] }
  asked[2]?.answer.resolve(me(last))
  await Promise.all([second, third])
  expect(asked.map(one => one.sent)).toEqual([
    { tables: { audit: dense } },
    { views: [{ ...solar, search: '' }] },
    { views: [{ ...depot, search: null }] },
  ])
  expect(chosen()).toEqual(last)
})

test('a view that is replaced keeps its place, as on the server', async () => {
  queries.setQueryData(meQuery.queryKey, me({ views: [solar, depot] }).data)
  const asked = waiting()
  const saved = saveView({ ...solar, search: '' })
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  expect(chosen()?.views).toEqual([{ ...solar, search: '' }, depot])
  asked[0]?.answer.reject(new Error('refused'))
  await saved
  expect(chosen()?.views).toEqual([solar, depot])
})

test('a view that the server refuses to delete returns to its place', async () => {
  queries.setQueryData(meQuery.queryKey, me({ views: [solar, depot] }).data)
  const asked = waiting()
  const deleted = deleteView(solar)
  const saved = saveView({ ...solar, page: '/meter' })
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  expect(chosen()?.views).toEqual([depot, { ...solar, page: '/meter' }])
  asked[0]?.answer.reject(new Error('refused'))
  await deleted
  expect(chosen()?.views).toEqual([solar, depot, { ...solar, page: '/meter' }])
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  asked[1]?.answer.resolve(me({ views: [solar, depot, { ...solar, page: '/meter' }] }))
  await saved
})

test('what is not kept is taken back, and nothing else', async () => {
  queries.setQueryData(meQuery.queryKey, me({ views: [solar] }).data)
  const asked = waiting()
  const refused = Promise.all([deleteView(solar), chooseLook('audit', { hidden: new Set(), dense: true })])
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  asked[0]?.answer.reject(new Error('refused'))
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  expect(chosen()).toEqual({ tables: { audit: dense }, views: [solar] })
  asked[1]?.answer.reject(new Error('refused'))
  await refused
  expect(chosen()).toEqual({ tables: {}, views: [solar] })
})

test.each([
  ['signs out', () => signOut({ empty: () => Promise.resolve() })],
  ['goes to another organisation', () => switchTo('other')],
])('who %s waits until all that was chosen is kept', async (_, leave) => {
  queries.setQueryData(meQuery.queryKey, before)
  vi.stubGlobal('location', { assign: () => undefined })
  const asked = waiting()
  const left = vi.fn<() => Promise<unknown>>(() => Promise.resolve({}))
  vi.spyOn(api, 'logout').mockImplementation(left as never)
  vi.spyOn(api, 'switch_').mockImplementation(left as never)
  const kept = Promise.all([saveView(solar), saveView(depot)])
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  const leaving = leave()
  asked[0]?.answer.resolve(me({ views: [solar] }))
  await vi.waitFor(() => expect(asked).toHaveLength(2))
  expect(left).not.toHaveBeenCalled()
  asked[1]?.answer.resolve(me({ views: [solar, depot] }))
  await Promise.all([kept, leaving])
  expect(left).toHaveBeenCalledOnce()
})

test.each([
  ['user', 'budi'],
  ['organisation', 'pump'],
])('what was chosen is neither shown nor sent once another %s is at the door', async (what, id) => {
  queries.setQueryData(meQuery.queryKey, before)
  const asked = waiting()
  const chosenBefore = Promise.all([saveView(solar), saveView(depot)])
  await vi.waitFor(() => expect(asked).toHaveLength(1))
  const other = { ...before, [what]: { id } }
  queries.setQueryData(meQuery.queryKey, other)
  asked[0]?.answer.resolve(me({ views: [solar] }))
  await chosenBefore
  expect(asked).toHaveLength(1)
  expect(queries.getQueryData(meQuery.queryKey)).toEqual(other)
})

test.each(['kept', 'refused'])(
  'an answer that comes when nobody is at the door is nobody’s: %s',
  async how => {
    queries.setQueryData(meQuery.queryKey, before)
    const asked = waiting()
    const saved = saveView(solar)
    await vi.waitFor(() => expect(asked).toHaveLength(1))
    queries.clear()
    if (how === 'kept') asked[0]?.answer.resolve(me({ views: [solar] }))
    else asked[0]?.answer.reject(new Error('refused'))
    await saved
    expect(queries.getQueryData(meQuery.queryKey)).toBeUndefined()
  },
)
