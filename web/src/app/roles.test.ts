import { expect, it } from 'vitest'
import { rolesThatMay } from './roles'

it('names the roles that may enter a page', () => {
  expect(rolesThatMay([{ resource: 'users', action: 'r' }])).toEqual(['owner', 'admin', 'reporter'])
  const meter = [
    { resource: 'meters', action: 'r' },
    { resource: 'anomalies', action: 'r' },
  ]
  expect(rolesThatMay(meter)).toEqual(['owner', 'admin', 'analyst', 'viewer', 'reporter'])
  expect(rolesThatMay([{ resource: 'fuel.transactions', action: 'c' }])).toContain('operator')
})
