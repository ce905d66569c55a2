import { expect, test } from 'vitest'
import { differences, remaining } from './conflicts'
import { asked } from './queries'
import { subject, valueWord } from './words'

const SEEN = {
  status: 'open',
  assignee_id: null,
  due_date: '2026-01-09',
  priority: 'medium',
  type: 'extreme',
  description: '',
  resolution: '',
} as const

test('what a colleague changed meanwhile is told field by field', () => {
  const now = { ...SEEN, status: 'in_progress', assignee_id: 'siti' } as const
  expect(differences(SEEN, now)).toEqual([
    { field: 'status', before: 'open', after: 'in_progress' },
    { field: 'assignee_id', before: null, after: 'siti' },
  ])
})

test('what a colleague changed the same way is no change any more', () => {
  const now = { ...SEEN, priority: 'high' } as const
  expect(remaining({ priority: 'high', due_date: null }, now)).toEqual({ due_date: null })
  expect(remaining({ priority: 'high' }, now)).toEqual({})
})

test('filters of the address are asked as the server names them', () => {
  expect(asked({ assignee: 'me', overdue: true })).toEqual({ mine: true, overdue: true })
  expect(asked({ assignee: 'none', status: 'open' })).toEqual({ assignee_id: 'none', status: ['open'] })
  expect(asked({})).toEqual({})
})

test('a case is about a customer, or about a place and a fuel', () => {
  const nowhere = { location: null, product: null }
  expect(subject({ nomen: '123', customer: 'SITI', ...nowhere })).toBe('SITI, 123')
  expect(subject({ nomen: '123', customer: null, ...nowhere })).toBe('123')
  const place = { location: { id: 'a', name: 'Gudang A' }, product: { id: 'b', name: 'Solar' } }
  expect(subject({ nomen: null, customer: null, ...place })).toBe('Gudang A · Solar')
})

const nameOf = (id: string) => `(${id})`

test('a value is said in words, and nothing as a dash', () => {
  expect(valueWord('assignee_id', 'siti', nameOf)).toBe('(siti)')
  expect(valueWord('due_date', '2026-01-09', nameOf)).toBe('9 Jan 2026')
  expect(valueWord('assignee_id', null, nameOf)).toBe('–')
})
