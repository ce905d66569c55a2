import { expect, test } from 'vitest'
import { ordered, pressed, type Order, type Rank } from './order'

function presses(numeric: boolean): (Order | undefined)[] {
  const seen: (Order | undefined)[] = [undefined]
  for (let press = 0; press < 3; press++) seen.push(pressed(seen.at(-1), { id: 'use', meta: { numeric } }))
  return seen.slice(1)
}

test('words go from the first, numbers from the largest, and a third press ends it', () => {
  expect(presses(false).map(one => one?.descending)).toEqual([false, true, undefined])
  expect(presses(true).map(one => one?.descending)).toEqual([true, false, undefined])
  expect(pressed({ id: 'name', descending: true }, { id: 'use' })).toEqual({ id: 'use', descending: false })
})

test.each<[string, Rank[], boolean, Rank[]]>([
  ['numbers by how much they are', [9, 100, 25], false, [9, 25, 100]],
  [
    'numbers in words as people count',
    ['Rayon 34', 'rayon 9', 'Rayon 9a'],
    false,
    ['rayon 9', 'Rayon 9a', 'Rayon 34'],
  ],
  ['nothing last', [null, 1, null, 2], false, [1, 2, null, null]],
  ['nothing last the other way, too', [null, 1, null, 2], true, [2, 1, null, null]],
])('rows are ordered: %s', (_, ranks, descending, expected) => {
  expect(ordered(ranks, rank => rank, descending, 'id-ID')).toEqual(expected)
})

test('what is alike stays in its order', () => {
  const rows = [{ id: 1 }, { id: 2 }, { id: 3 }]
  expect(ordered(rows, () => 'same', true, 'id-ID')).toEqual(rows)
})
