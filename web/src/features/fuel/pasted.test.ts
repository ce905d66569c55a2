import { expect, test } from 'vitest'
import { parseDay, readPasted, settle } from './pasted'

const LOCATIONS = [{ id: 'L1', names: ['Gudang A', 'GD-A'] }]
const PRODUCTS = [{ id: 'P1', names: ['Solar', 'SOLAR'] }]
const read = (text: string) => readPasted(text, LOCATIONS, PRODUCTS, 'id')

test('a copied range with its header becomes facts', () => {
  expect(
    read('Tanggal\tLokasi\tProduk\tVolume\n10/01/2025\tgudang a\tSOLAR\t1.520,5\n').map(row => row.fact),
  ).toEqual([{ date: '2025-01-10', location_id: 'L1', product_id: 'P1', volume_l: '1520.5' }])
})

test('a code names a location as well as its name does', () => {
  expect(read('2025-01-10;GD-A;Solar;520')[0]?.fact?.location_id).toBe('L1')
})

test('commas with quotes are read as a file', () => {
  expect(read('2025-01-10,"Gudang A",Solar,"520,5"')[0]?.fact?.volume_l).toBe('520.5')
})

test('each wrong cell is named, and its row keeps its line', () => {
  const [row] = read('\n2025-02-30\tGudang Z\t\t0')
  expect(row).toMatchObject({
    line: 2,
    fact: null,
    problems: { date: 'date', location: 'location', product: 'missing', volume: 'range' },
  })
})

test('what was recorded leaves the text, what was refused stays with its reason', () => {
  const text = '2025-01-10;Gudang A;Solar;1\nkatanya nanti\n2025-01-10;Gudang A;Solar;2'
  const sent = read(text).filter(row => row.fact)
  const settled = settle(text, sent, [
    {
      index: 0,
      status: 'recorded',
      warnings: [{ code: 'DUPLIKAT', message: 'Dua kali.' }],
    },
    { index: 1, status: 'refused', errors: [{ field: 'date', code: 'X', message: 'date belum tiba.' }] },
  ])
  expect(settled.text).toBe('katanya nanti\n2025-01-10;Gudang A;Solar;2')
  expect([...settled.refusals]).toEqual([['2025-01-10;Gudang A;Solar;2', 'Belum tiba.']])
  expect(settled.doubtful).toEqual([{ row: sent[0], why: 'Dua kali.' }])
})

test.each([
  ['2025-1-5', '2025-01-05'],
  ['5-1-2025', '2025-01-05'],
  ['31.12.2024', '2024-12-31'],
  ['31/02/2025', null],
  ['kemarin', null],
])('%s is %s', (text, expected) => {
  expect(parseDay(text)).toBe(expected)
})
