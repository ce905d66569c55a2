import { expect, test } from 'vitest'
import type { AskedOut, ColumnOut, FieldOut } from '@/api'
import {
  ageAsked,
  changes,
  chosenOf,
  type Chosen,
  isAskedAmongColumns,
  missingFields,
  namedColumns,
  withChoice,
} from './mapping'

function column(header: string, field: string | null = null): ColumnOut {
  return { header, field, samples: [], fit: null, power: 0, decides: false }
}
function fieldOf(name: string, more: Partial<FieldOut> = {}): FieldOut {
  return { name, label: name, kind: 'text', required: false, instead: '', aliases: [], ...more }
}
const COLUMNS = [
  column('NO', 'nomen'),
  column('LALU', 'stand_akhir'),
  column('KINI'),
  column(''),
  column('NO'),
]
const FIELDS = [
  fieldOf('nomen', { required: true }),
  fieldOf('stand_akhir', { required: true, instead: 'volume' }),
]

test('a field that moves to another column leaves the one where it stood', () => {
  const columns = namedColumns(COLUMNS)
  const chosen = withChoice(chosenOf(columns), 'KINI', 'stand_akhir')
  expect(chosen).toEqual({ NO: 'nomen', LALU: '', KINI: 'stand_akhir' })
  expect(changes(columns, chosen)).toEqual({ LALU: '', KINI: 'stand_akhir' })
  expect(changes(columns, withChoice(chosen, 'LALU', 'stand_akhir'))).toEqual({})
})

const names = (chosen: Chosen) => missingFields(FIELDS, chosen).map(one => one.name)

test('a required field is missed unless another may stand in for it', () => {
  expect(names({ NO: '', KINI: '' })).toEqual(['nomen', 'stand_akhir'])
  expect(names({ NO: 'nomen', KINI: 'volume' })).toEqual([])
})

test('leaving columns out takes no field from another one', () => {
  const chosen = withChoice({ A: '', B: 'nomen' }, 'A', '')
  expect(chosen).toEqual({ A: '', B: 'nomen' })
})

test.each([
  ['column:amount', 'question_column_rivals', false],
  ['column:stand_akhir', 'question_column_month', false],
  ['column:nomen', 'question_column_missing', true],
  ['column:age', 'question_age_columns', true],
  ['period', 'question_period_unknown', false],
])('%s of %s is asked among the columns: %s', (key, code, among) => {
  expect(isAskedAmongColumns({ key, code, message: '', options: [], answer: '' })).toBe(among)
})

test.each([
  ['column:age', 'question_age_columns', true],
  ['column:bill_period', 'question_age_missing', true],
  ['column:nomen', 'question_column_missing', false],
])('%s of %s asks for ages: %s', (key, code, asks) => {
  const question: AskedOut = { key, code, message: '', options: [], answer: '' }
  expect(ageAsked([question])).toBe(asks ? question : undefined)
})
