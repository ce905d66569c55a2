import { expect, test } from 'vitest'
import type { ImportRecord } from '@/api'
import { readyFiles } from './ready'

function file(id: string, more: Partial<ImportRecord> = {}, counts: Partial<ImportRecord['counts']> = {}) {
  const none = { created: 3, updated: 0, unchanged: 0, rejected: 0, ...counts }
  return {
    id,
    uploaded_by: 'sari',
    state: 'preview',
    preview: 'hash',
    blocks: [],
    ...more,
    counts: none,
  } as unknown as ImportRecord
}

test('files are saved in the order they came', () => {
  expect(readyFiles([file('new'), file('old')], 'sari').map(({ id }) => id)).toEqual(['old', 'new'])
})

test('a file that waits for a person is not saved with the others', () => {
  const waiting = [
    file('asked', { state: 'needs_mapping', preview: null }),
    file('repeated', { blocks: [{ code: 'file_repeats', message: '' }] as never }),
    file('partly refused', {}, { rejected: 1 }),
    file('changing', {}, { updated: 1 }),
    file('of a colleague', { uploaded_by: 'budi' }),
    file('nothing new', {}, { created: 0, unchanged: 3 }),
    file('saved', { state: 'completed' }),
  ]
  expect(readyFiles(waiting, 'sari')).toEqual([])
})
