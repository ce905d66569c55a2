import { afterEach, expect, test, vi } from 'vitest'
import { send, together } from './sending'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('many files go fifty at a time, and an empty one keeps none of them back', () => {
  const files = Array.from({ length: 51 }, (_, at) => new File(['x'], `${at}.csv`))
  const groups = together([new File([], 'empty.csv'), ...files])
  expect(groups).toEqual([files.slice(0, 50), files.slice(50)])
})

test('files that are much together go apart', () => {
  const files = Array.from({ length: 3 }, (_, at) => new File(['x'], `${at}.csv`))
  for (const file of files) Object.defineProperty(file, 'size', { value: 40_000_000 })
  expect(together(files)).toEqual([files.slice(0, 2), files.slice(2)])
})

test('a large file is sent until the server names its import', async () => {
  const size = 90_000_001
  const file = new File(['x'], 'MC.csv')
  Object.defineProperty(file, 'size', { value: size })
  const Whole = Request
  vi.stubGlobal(
    'Request',
    class extends Whole {
      constructor(input: RequestInfo | URL, init?: RequestInit) {
        super(typeof input === 'string' ? new URL(input, 'http://localhost') : input, init)
      }
    },
  )
  const asked: string[] = []
  let lost = true
  vi.stubGlobal('fetch', (request: Request) => {
    const at = request.headers.get('upload-offset')
    asked.push(at === null ? request.method : `${request.method} ${at}`)
    if (request.method === 'POST') {
      return Promise.resolve(
        new Response(null, {
          status: 201,
          headers: { location: 'http://localhost/api/v1/imports/uploads/1' },
        }),
      )
    }
    const headers = { 'upload-offset': String(size) }
    if (request.method === 'HEAD') return Promise.resolve(new Response(null, { status: 200, headers }))
    if (lost) {
      lost = false
      return Promise.reject(new TypeError('the line was cut behind the last piece'))
    }
    return Promise.resolve(
      new Response(null, { status: 204, headers: { ...headers, 'arus-import-id': '1' } }),
    )
  })
  vi.useFakeTimers()
  const sent = send([file], () => undefined)
  await vi.advanceTimersByTimeAsync(10_000)
  await sent
  expect(asked).toEqual(['POST', 'PATCH 0', 'HEAD', `PATCH ${size}`])
})
