import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import { ProblemError } from '@/lib/problem'
import { Failed } from './States'

beforeAll(() => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
})
afterEach(cleanup)

const show = (code: string) =>
  render(
    <I18nProvider i18n={i18n}>
      <Failed
        what="Meter belum bisa dimuat."
        error={new ProblemError(403, { code, detail: 'Mintalah akses tanpa batas lokasi.' })}
        onRetry={vi.fn<() => void>()}
      />
    </I18nProvider>,
  )

test('a page of another role says so', () => {
  show('forbidden')
  expect(screen.getByText('Halaman ini tidak termasuk peran Anda.')).toBeTruthy()
})

test("a page refused for another reason tells the server's, and offers no vain attempt", () => {
  show('limited_to_locations')
  expect(screen.getByRole('alert').textContent).toBe(
    'Meter belum bisa dimuat.Mintalah akses tanpa batas lokasi.',
  )
  expect(screen.queryByRole('button')).toBeNull()
})
