import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { cleanup, render, screen } from '@testing-library/react'
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { Opinion as Said } from '@/api'
import { Opinion } from './Opinion'

beforeAll(() => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
})
afterEach(cleanup)

const said: Said = {
  stage: 'JUDGED',
  severity: 'critical',
  expected: '302.41',
  usual_from: '214.08',
  usual_to: '427.18',
  p: 0.00006,
  reason: { code: 'LEARNED_HIGH', params: { one_in: 16667 }, text: 'server' },
  milder: null,
  causes: [],
  shift: null,
  history_count: 60,
  detector: 'learned/1',
  calibration: null,
  calendar: null,
  incident_id: null,
}

function words(opinion: Said | null): string {
  const { container } = render(
    <I18nProvider i18n={i18n}>
      <Opinion opinion={opinion} />
    </I18nProvider>,
  )
  return container.textContent.replaceAll('\u00a0', ' ')
}

const learning: Said = {
  ...said,
  stage: 'LEARNING',
  severity: 'none',
  expected: null,
  usual_from: null,
  usual_to: null,
  reason: { code: 'LEARNED_LEARNING', params: { history_count: 9, history_needed: 21 }, text: 'server' },
}

test.each<[Said | null, string]>([
  [said, 'KritisPerkiraan 302 L, wajar 214–427 L, 1 dari 16.667.'],
  // Of little, more figures are known.
  [
    { ...said, expected: '1.7', usual_from: null, usual_to: '2.63' },
    'KritisPerkiraan 1,7 L, wajar 0–2,63 L, 1 dari 16.667.',
  ],
  [
    { ...said, severity: 'none', reason: { code: 'LEARNED_NORMAL', params: {}, text: 'server' } },
    'Sesuai pola: perkiraan 302 L, wajar 214–427 L.',
  ],
  [
    { ...learning, stage: 'LATE' },
    'Dicatat setelah 60 catatan atau lebih menyusulnya, jadi tidak dinilai oleh detektor.',
  ],
  [null, 'Detektor belum menilai catatan ini. Pendapatnya menyusul dalam beberapa detik.'],
  [
    { ...said, milder: { code: 'FLIP_WARNING_AT_MOST', params: { volume_l: '412.5' }, text: 'server' } },
    'KritisPerkiraan 302 L, wajar 214–427 L, 1 dari 16.667.Hanya peringatan menurut detektor bila paling banyak 412,5 L.',
  ],
  [
    { ...said, milder: { code: 'NEW_HERE', params: {}, text: 'server: new' } },
    'KritisPerkiraan 302 L, wajar 214–427 L, 1 dari 16.667.server: new',
  ],
])('what the detector says: %#', (opinion, sentences) => {
  expect(words(opinion)).toBe(sentences)
})

test('while it learns, it says how far it is', () => {
  expect(words(learning)).toBe('Pola belum dikenal: baru 9 dari 21 catatan.')
  expect(screen.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('9')
})

test('a cause is a word and a share, not only a bar', () => {
  const cause = { code: 'CAUSE_BOCOR', params: { share_pct: 71 }, text: 'server' }
  const text = words({ ...said, causes: [{ cause: 'BOCOR', share: 0.71, reason: cause }] })
  expect(text).toContain('Bocor71%Sedikit di atas biasanya')
})
