import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import * as api from '@/api'
import { queries } from '@/app/client'
import { GoingOn } from './Undoing'

beforeAll(() => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
})
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  cleanup()
})

const found = { id: 'a', state: 'undoing', progress: 0.4 } as api.ImportDetail

function shown(progress: number) {
  return (
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={queries}>
        <GoingOn found={{ ...found, progress }} />
      </QueryClientProvider>
    </I18nProvider>
  )
}

const offer = () => screen.queryByRole('button')
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms))

test('going on is offered whenever nothing has moved for a while, however often it was asked for', async () => {
  vi.useFakeTimers()
  const undo = vi.spyOn(api, 'undoImport')
  const { rerender } = render(shown(0.4))
  expect(offer()).toBeNull()
  for (const answer of [
    () => Promise.reject(new Error('no answer')),
    () => Promise.resolve({ data: {} }),
    // Later than an offer takes.
    () => new Promise(resolve => setTimeout(() => resolve({ data: {} }), 9_000)),
    () => Promise.resolve({ data: {} }),
  ]) {
    await pass(5_000)
    undo.mockImplementationOnce(answer as never)
    fireEvent.click(offer() as HTMLElement)
    await pass(9_000)
  }
  expect(undo).toHaveBeenCalledTimes(4)
  rerender(shown(0.5))
  expect(offer(), 'it moved').toBeNull()
  await pass(5_000)
  expect(offer()).not.toBeNull()
})
