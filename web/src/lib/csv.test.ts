import { i18n } from '@lingui/core'
import { afterEach, describe, expect, test } from 'vitest'
import { csv, unguarded } from './csv'

describe('a file for a spreadsheet', () => {
  afterEach(() => i18n.activate('id'))

  test('says that it is UTF-8 and separates as the language does', () => {
    i18n.load({ id: {}, en: {} })
    i18n.activate('id')
    expect(csv([['Lokasi', 'Volume']])).toBe('\uFEFFLokasi;Volume\r\n')
    i18n.activate('en')
    expect(csv([['Location', 'Volume']])).toBe('\uFEFFLocation,Volume\r\n')
  })

  test('quotes what would end a cell or a line', () => {
    expect(csv([['Gudang "A"; timur', 'satu\ndua']])).toBe('\uFEFF"Gudang ""A""; timur";"satu\ndua"\r\n')
  })

  test.each(['=1+1', '+62', '-5+1', '@SUM(A1)', '\tx'])('never runs %j as a formula', text => {
    const [, first = ''] = /^\uFEFF(.*)\r\n$/s.exec(csv([[text]])) ?? []
    expect(first).toBe(`'${text}`)
    expect(unguarded(first)).toBe(text)
  })

  test('leaves a number below zero a number', () => {
    expect(csv([['-1.234,5']])).toBe('\uFEFF"-1.234,5"\r\n')
  })

  test('leaves an ordinary apostrophe alone', () => {
    expect(unguarded("'biasa'")).toBe("'biasa'")
  })
})
