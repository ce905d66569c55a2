import { expect, test } from 'vitest'
import { beginning, PAGES, roomsFor } from './pages'

const everywhere = { organisation: { locations: null } }
const owner = { permissions: { '*': '*' }, ...everywhere }

function bar(session: Parameters<typeof roomsFor>[0], uses: Parameters<typeof roomsFor>[1]) {
  return roomsFor(session, uses)
    .slice(0, 4)
    .map(page => page.to)
}

test('a water utility starts on its own dashboard and finds its own rooms in a phone’s bar', () => {
  expect(bar(owner, { fuel: false, water: true })).toEqual(['/water', '/meter', '/imports', '/cases'])
})

test('a depot finds those of fuel, and so does who does nothing yet or both', () => {
  const ofFuel = ['/', '/fuel/new', '/anomalies', '/fuel/transactions']
  for (const uses of [
    { fuel: true, water: false },
    { fuel: false, water: false },
    { fuel: true, water: true },
  ])
    expect(bar(owner, uses)).toEqual(ofFuel)
  const both = roomsFor(owner, { fuel: true, water: true })
  expect(both).toEqual(PAGES)
})

test('rooms of what is not done stay, at the end', () => {
  const rooms = roomsFor(owner, { fuel: false, water: true }).map(page => page.to)
  expect(rooms.indexOf('/fuel/new')).toBeGreaterThan(rooms.indexOf('/audit'))
  expect(rooms).not.toContain('/')
})

test('something new begins with a file at a water utility, elsewhere with fuel', () => {
  expect(beginning(roomsFor(owner, { fuel: false, water: true }))?.to).toBe('/imports')
  expect(beginning(roomsFor(owner, { fuel: true, water: true }))?.to).toBe('/fuel/new')
  expect(beginning([])).toBeUndefined()
})

test('nobody finds a room that is not theirs', () => {
  const operator = { permissions: { 'fuel.transactions': 'c', anomalies: 'r' }, ...everywhere }
  expect(bar(operator, { fuel: false, water: true })).toEqual(['/fuel/new', '/anomalies'])
})

test('who is limited to locations finds no room of what lies at none', () => {
  const limited = { ...owner, organisation: { locations: ['01JGJ4M3Z8Q0T7C1V5X2B9N6KD'] } }
  const rooms = roomsFor(limited, { fuel: true, water: true }).map(page => page.to)
  for (const room of ['/water', '/meter', '/customers', '/comparison'] as const)
    expect(rooms).not.toContain(room)
  expect(rooms).toContain('/cases')
})
