import { expect, test } from 'vitest'
import type { TypeOut } from '@/api'
import { optionWord } from './options'

const types = [{ type: 'MC', title: 'Master pelanggan' }] as unknown as TypeOut[]

test.each([
  ['sign:Nominal', 'DB', 'yang bertanda DB minus'],
  ['sign:Nominal', 'none', 'tidak ada yang minus'],
  ['notation:Volume', '1.234,56', 'titik memisahkan ribuan, koma desimal (1.234,56)'],
  ['date:Tanggal', 'dmy', 'hari/bulan/tahun (31/12/2025)'],
  ['minus:Jumlah', 'received', 'uang yang diterima'],
  ['minus:Tagihan', 'owed_back', 'lebih bayar, hak pelanggan'],
  ['unit:Nominal', 'thousands', 'dalam ribuan (kali 1.000)'],
  ['unit', 'noted', 'seperti kata catatan itu'],
  ['reversed:Ket', 'refuse', 'tolak baris itu'],
  ['unread:volume:Isi', 'skip', 'lewati kolom ini'],
  ['below', 'skip', 'lewati tabel di bawah'],
  ['beside', 'skip', 'lewati tabel di sebelah'],
  ['zeros:NOMEN', 'fill', 'isi nol di depan'],
  ['type', 'MC', 'Master pelanggan'],
  ['period', '2025-12', 'Desember 2025'],
])('an answer to %s is said in words: %s', (key, option, word) => {
  expect(optionWord(key, option, types)).toBe(word)
})

test('a column is called as in the file, and what is new stays a code', () => {
  expect(optionWord('column:amount', 'CR', types)).toBe('CR')
  expect(optionWord('sign:Nominal', 'CR+DB', types)).toBe('CR+DB')
  expect(optionWord('type', 'NEW', types)).toBe('NEW')
})
