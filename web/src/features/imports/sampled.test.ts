import { expect, test } from 'vitest'
import type { SampleRow } from '@/api'
import { changesOf, fieldsOf } from './sampled'

function row(fields: Record<string, string>, before: Record<string, string> = {}) {
  return { number: 2, fields, before, errors: [] } as unknown as SampleRow
}

test('a column that is empty in every row is not shown', () => {
  expect(fieldsOf([row({ nomen: '1', skip: '' }), row({ nomen: '2', skip: '', reader: 'JOKO' })])).toEqual([
    'nomen',
    'reader',
  ])
})

test('a row says only what it changes', () => {
  expect(changesOf(row({ nomen: '1', stand: '1040' }, { nomen: '1', stand: '1400' }))).toEqual([
    ['stand', '1400', '1040'],
  ])
})

test('a row that was not there before changes nothing', () => {
  expect(changesOf(row({ nomen: '1' }))).toEqual([])
})
