import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { apiFetch, onSessionEnd } from './http'

/** Requests as the server sees them, and its answers: true lets a request in. */
let asked: string[]
let letsIn: (path: string) => boolean | Promise<boolean>

beforeEach(() => {
  asked = []
  const Whole = Request
  vi.stubGlobal(
    'Request',
    class extends Whole {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === 'string' ? new URL(input, 'http://localhost') : input, init)
      }
    },
  )
  vi.stubGlobal('fetch', async (request: Request) => {
    const path = new URL(request.url).pathname.replace('/api/v1/', '')
    asked.push(path)
    return new Response('{}', { status: (await letsIn(path)) ? 200 : 401 })
  })
  let last: Promise<unknown> = Promise.resolve()
  const request = (_: string, hold: () => Promise<unknown>) => (last = last.then(hold, hold))
  vi.stubGlobal('navigator', { locks: { request } })
  localStorage.clear()
})
afterEach(() => vi.unstubAllGlobals())

test('an expired session is renewed and the request sent again', async () => {
  let fresh = false
  letsIn = path => (path === 'auth/refresh' ? (fresh = true) : fresh)
  await apiFetch('/api/v1/cases')
  expect(asked).toEqual(['cases', 'auth/refresh', 'cases'])
})

test('what was begun before a session ended is not sent in the next one', async () => {
  let signedIn = false
  const over = vi.fn<() => void>(() => {
    signedIn = true // at once, as somebody else
  })
  const stop = onSessionEnd(over)
  letsIn = () => signedIn
  const both = await Promise.allSettled([
    apiFetch('/api/v1/me'),
    apiFetch('/api/v1/cases', { method: 'POST', body: '{}' }),
  ])
  stop()
  expect(both.map(one => one.status)).toEqual(['rejected', 'rejected'])
  expect(over).toHaveBeenCalledTimes(1)
  expect(asked.filter(path => path === 'cases')).toHaveLength(1)
})
