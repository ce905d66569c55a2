import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { SearchField } from './SearchField'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

const onChange = vi.fn<(next: string) => void>()
const field = (value: string) => <SearchField label="Cari" value={value} onChange={onChange} />
const shown = () => screen.getByRole<HTMLInputElement>('searchbox').value
const type = (text: string) => fireEvent.change(screen.getByRole('searchbox'), { target: { value: text } })
const pause = () =>
  act(() => {
    vi.advanceTimersByTime(300)
  })

test('letters typed while the address catches up stay', () => {
  const { rerender } = render(field(''))
  type('bud')
  pause()
  expect(onChange).toHaveBeenLastCalledWith('bud')
  type('budi')
  rerender(field('bud'))
  expect(shown()).toBe('budi')
  pause()
  expect(onChange).toHaveBeenLastCalledWith('budi')
})

test('what is cleared elsewhere is cleared here, and can be typed again', () => {
  const { rerender } = render(field(''))
  type('bud')
  pause()
  rerender(field('bud'))
  rerender(field(''))
  expect(shown()).toBe('')
  onChange.mockClear()
  type('bud')
  pause()
  expect(onChange).toHaveBeenCalledExactlyOnceWith('bud')
})
