import { expect, test } from 'vitest'
import { changed } from './changed'

test('what stands already is not said again, and what a file left empty may stay so', () => {
  const standing = { name: 'DEWI', rayon: '', address: 'JL MELATI 4' }
  expect(changed({ name: 'DEWI', rayon: '', address: 'JL MAWAR 1' }, standing)).toEqual({
    address: 'JL MAWAR 1',
  })
  expect(changed({ name: 'DEWI' }, standing)).toEqual({})
})
