import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { render } from '@testing-library/react'
import { beforeAll, expect, test } from 'vitest'
import type { Anomaly } from '@/api'
import { Milder } from './Reason'

beforeAll(() => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
})

type Answer = Anomaly['milder'][number]

function answer(status: Answer['status'], code: string, params: Answer['reason']['params']): Answer {
  return { status, at_least: null, at_most: '1', reason: { code, params, text: `server: ${code}` } }
}

test.each([
  [
    [
      answer('WASPADA', 'FLIP_WASPADA_AT_MOST', { volume_l: '450' }),
      answer('NORMAL', 'FLIP_NORMAL_BELOW', { volume_l: '360' }),
    ],
    'Menjadi Waspada bila paling banyak 450 L. Menjadi Normal bila di bawah 360 L.',
  ],
  [
    [answer('NORMAL', 'FLIP_NORMAL_BETWEEN', { low_l: '150', high_l: '1331.5' })],
    'Menjadi Normal bila paling sedikit 150 L dan di bawah 1.331,5 L.',
  ],
  // As exact as the server says it: rounded here, it could turn false.
  [
    [answer('NORMAL', 'FLIP_NORMAL_BELOW', { volume_l: '0.000019' })],
    'Menjadi Normal bila di bawah 0,000019 L.',
  ],
  [[answer('NORMAL', 'NEW_HERE', {})], 'server: NEW_HERE'],
  [[], ''],
])('what would have been milder: %#', (milder, sentences) => {
  const { container } = render(
    <I18nProvider i18n={i18n}>
      <Milder verdict={{ milder }} />
    </I18nProvider>,
  )
  expect(container.textContent.replaceAll('\u00a0', ' ').trim()).toBe(sentences)
})
