import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { act, cleanup, render, screen } from '@testing-library/react'
import { afterEach, expect, test } from 'vitest'
import { toast } from './Toast'
import Toasts from './Toasts'

afterEach(cleanup)

test('what is said before notices can be shown waits, and what is said later comes at once', () => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
  toast({ text: 'Tersimpan.' })
  render(
    <I18nProvider i18n={i18n}>
      <Toasts />
    </I18nProvider>,
  )
  expect(screen.getByText('Tersimpan.')).toBeTruthy()
  act(() => toast({ text: 'Terkirim.' }))
  expect(screen.getByText('Terkirim.')).toBeTruthy()
})
