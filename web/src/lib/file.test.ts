import { expect, test } from 'vitest'
import { fileName } from './file'

function answered(disposition: string): Response {
  return new Response('', { headers: { 'content-disposition': disposition } })
}

test('a file is called what the server says, in any letters', () => {
  const both = `attachment; filename="laporan_.pdf"; filename*=UTF-8''laporan-%C3%A9.pdf`
  expect(fileName(answered(both), 'x')).toBe('laporan-é.pdf')
  expect(fileName(answered('attachment; filename="a.csv"'), 'x')).toBe('a.csv')
  expect(fileName(new Response(''), 'x.csv')).toBe('x.csv')
})
