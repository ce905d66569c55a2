import { afterEach, expect, test, vi } from 'vitest'
import { gathered } from './following'

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
})

test('news gather, and wait until the card that is dragged is put down', () => {
  vi.useFakeTimers()
  const show = vi.fn<() => void>()
  const { news } = gathered(show)
  news()
  news()
  vi.advanceTimersByTime(500)
  expect(show).toHaveBeenCalledTimes(1)

  const card = document.createElement('li')
  card.dataset['inHand'] = ''
  document.body.append(card)
  news()
  vi.advanceTimersByTime(5_000)
  expect(show).toHaveBeenCalledTimes(1)
  card.remove()
  vi.advanceTimersByTime(500)
  expect(show).toHaveBeenCalledTimes(2)
})

test('news wait while a list of choices is open, not for one that was', () => {
  vi.useFakeTimers()
  const show = vi.fn<() => void>()
  const { news } = gathered(show)
  document.body.innerHTML =
    '<button aria-haspopup="listbox" aria-expanded="true"></button><div role="listbox">'
  news()
  vi.advanceTimersByTime(5_000)
  expect(show).not.toHaveBeenCalled()
  document.querySelector('button')?.setAttribute('aria-expanded', 'false')
  vi.advanceTimersByTime(500)
  expect(show).toHaveBeenCalledTimes(1)
})

test('nothing is shown any more once nobody looks', () => {
  vi.useFakeTimers()
  const show = vi.fn<() => void>()
  const { news, stop } = gathered(show)
  news()
  stop()
  vi.advanceTimersByTime(5_000)
  expect(show).not.toHaveBeenCalled()
})
