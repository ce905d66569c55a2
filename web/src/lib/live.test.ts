import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LiveFeed, type LiveMessage, type Opener } from './live'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Ends = Parameters<Opener>[1]

/** Wires that close in silence, as server-sent events do. */
function wires() {
  const opened: { url: string; on: Ends; closed: boolean }[] = []
  const opener: Opener = (url, on) => {
    const wire = { url, on, closed: false }
    opened.push(wire)
    return {
      close: () => {
        wire.closed = true
      },
    }
  }
  return { opened, opener }
}

test('after a loss it resumes from the last event', async () => {
  const { opened, opener } = wires()
  const feed = new LiveFeed('/live?types=verdict', [opener])
  feed.start()
  opened[0]?.on.open()
  opened[0]?.on.message('{"type":"verdict","id":"7:3","data":{}}')
  opened[0]?.on.close()
  expect(feed.snapshot().status).toBe('lost')
  await vi.advanceTimersByTimeAsync(600)
  expect(opened[1]?.url).toBe('/live?types=verdict&last_event_id=7%3A3')
})

test('a reset is passed on and forgets where we were', async () => {
  const { opened, opener } = wires()
  const heard: LiveMessage[] = []
  const feed = new LiveFeed('/live?', [opener])
  feed.listen(message => heard.push(message))
  feed.start()
  opened[0]?.on.open()
  opened[0]?.on.message('{"type":"verdict","id":"1"}')
  opened[0]?.on.message('{"type":"reset"}')
  expect(heard.map(message => message.type)).toEqual(['verdict', 'reset'])
  opened[0]?.on.close()
  await vi.advanceTimersByTimeAsync(600)
  expect(opened[1]?.url).toBe('/live?')
})

test('a wire that falls silent is taken for lost', async () => {
  const { opened, opener } = wires()
  const feed = new LiveFeed('/live?', [opener])
  feed.start()
  opened[0]?.on.open()
  await vi.advanceTimersByTimeAsync(45_000)
  expect(feed.snapshot().status).toBe('lost')
  await vi.advanceTimersByTimeAsync(1_000)
  expect(opened.map(wire => wire.closed)).toEqual([true, false])
  opened[1]?.on.open()
  expect(feed.snapshot().status).toBe('open')
})

test.each<[string, (feed: LiveFeed) => void]>([
  ['is hurried', feed => feed.hurry()],
  [
    'is stopped and started',
    feed => {
      feed.stop()
      feed.start()
    },
  ],
])('it has one wire, also when it %s while the session is renewed', async (_, meanwhile) => {
  const { opened, opener } = wires()
  const renewed = Promise.withResolvers<void>()
  const feed = new LiveFeed('/live?', [opener], () => renewed.promise)
  feed.start()
  opened[0]?.on.open()
  opened[0]?.on.close()
  await vi.advanceTimersByTimeAsync(600)
  meanwhile(feed)
  renewed.resolve()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(opened).toHaveLength(2)
})

test('what is said on a wire that was let go is not heard', () => {
  const { opened, opener } = wires()
  const heard: LiveMessage[] = []
  const feed = new LiveFeed('/live?', [opener])
  feed.listen(message => heard.push(message))
  feed.start()
  feed.hurry()
  opened[0]?.on.open()
  opened[0]?.on.message('{"type":"verdict","id":"1"}')
  opened[0]?.on.close()
  expect(feed.snapshot().status).toBe('connecting')
  expect(heard).toEqual([])
})

test('where the first way never opens, the second is taken', async () => {
  const first = wires()
  const second = wires()
  const feed = new LiveFeed('/live?', [first.opener, second.opener])
  feed.start()
  first.opened[0]?.on.close()
  await vi.advanceTimersByTimeAsync(600)
  first.opened[1]?.on.close()
  await vi.advanceTimersByTimeAsync(1_200)
  expect(second.opened).toHaveLength(1)
})

test('a stopped feed stays stopped', async () => {
  const { opened, opener } = wires()
  const feed = new LiveFeed('/live?', [opener])
  feed.start()
  opened[0]?.on.open()
  feed.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(opened).toHaveLength(1)
})
