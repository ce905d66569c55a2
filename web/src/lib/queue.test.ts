import { afterEach, beforeAll, expect, test } from 'vitest'
import { OfflineError, ProblemError } from './problem'
import { OfflineQueue } from './queue'

beforeAll(() => {
  // jsdom has no locks; this one is exclusive per name, as the browser's is.
  const tails = new Map<string, Promise<unknown>>()
  Object.defineProperty(navigator, 'locks', {
    value: {
      request: (name: string, run: () => Promise<unknown>) => {
        const turn = (tails.get(name) ?? Promise.resolve()).then(run, run)
        tails.set(name, turn)
        return turn
      },
    },
  })
})

afterEach(async () => {
  for (const owner of ['ana', 'budi']) await new OfflineQueue('t', owner, async () => null).empty()
})

test('a command waits on disk while the server is away, and is sent once', async () => {
  const sent: string[] = []
  let away = true
  const send = async (body: string, key: string) => {
    if (away) throw new OfflineError('away')
    sent.push(`${body} ${key}`)
    return null
  }
  const queue = new OfflineQueue('t', 'ana', send)
  const kept = await queue.add('520 L')
  await queue.flush()
  expect(queue.snapshot()).toHaveLength(1)

  away = false
  const otherTab = new OfflineQueue('t', 'ana', send)
  await Promise.all([queue.flush(), otherTab.flush()])
  expect(sent).toEqual([`520 L ${kept.id}`])
  await queue.refresh()
  expect(queue.snapshot()).toHaveLength(0)
})

test('what the server refuses stays with its reasons and does not stop the rest', async () => {
  const sent: number[] = []
  const queue = new OfflineQueue<number, null>('t', 'ana', async body => {
    if (body < 0)
      throw new ProblemError(422, { errors: [{ field: 'volume_l', code: 'RANGE', message: 'must be > 0' }] })
    sent.push(body)
    return null
  })
  await queue.add(-1)
  await queue.add(2)
  await queue.flush()
  expect(sent).toEqual([2])
  expect(queue.snapshot()[0]?.refused?.errors[0]?.message).toBe('must be > 0')
})

test.each([401, 409, 429, 500, 503])('HTTP %i is not a refusal', async status => {
  const queue = new OfflineQueue<number, null>('t', 'ana', async () => {
    throw new ProblemError(status, {})
  })
  await queue.add(1)
  await queue.flush()
  expect(queue.snapshot()[0]?.refused).toBeUndefined()
})

test('nobody sends what another person queued', async () => {
  const theirs = new OfflineQueue<number, null>('t', 'ana', async () => null)
  await theirs.add(1)
  const sent: number[] = []
  const mine = new OfflineQueue<number, null>('t', 'budi', async body => {
    sent.push(body)
    return null
  })
  await mine.flush()
  expect(sent).toEqual([])
})

test('who signs out takes nothing of anybody else with them', async () => {
  const theirs = new OfflineQueue<number, null>('t', 'ana', async () => null)
  const mine = new OfflineQueue<number, null>('t', 'budi', async () => null)
  await theirs.add(1)
  await mine.add(2)
  await mine.add(3)
  await mine.empty()
  expect(mine.snapshot()).toEqual([])
  await theirs.refresh()
  expect(theirs.snapshot().map(item => item.body)).toEqual([1])
})

test('commands are sent in the order they were kept', async () => {
  const sent: number[] = []
  const queue = new OfflineQueue<number, null>('t', 'ana', async body => {
    sent.push(body)
    return null
  })
  for (const body of [1, 2, 3]) await queue.add(body)
  await queue.flush()
  expect(sent).toEqual([1, 2, 3])
})
