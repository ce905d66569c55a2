import { i18n } from '@lingui/core'
import { beforeAll, describe, expect, it } from 'vitest'
import { BUILT_IN, draftOf, faultsOf, startFault, startOf } from './draft'

beforeAll(() => {
  i18n.loadAndActivate({ locale: 'id', messages: {} })
})

describe('typed thresholds', () => {
  it('are sent exactly as they were written', () => {
    const typed = { ...BUILT_IN, waspada_pct: '112,3456', low_pct: '50', profile: 'weekday' as const }
    expect(draftOf(typed, 'id').thresholds).toEqual({
      waspada_pct: '112.3456',
      anomali_pct: '150',
      low_pct: '50',
      facts_needed: 3,
      profile: 'weekday',
    })
  })

  it('follow the wider scope when nothing of their own is wanted', () => {
    expect(draftOf({ ...BUILT_IN, content: 'inherit', waspada_pct: 'x' }, 'id').thresholds).toBeNull()
    expect(faultsOf({ ...BUILT_IN, content: 'inherit', waspada_pct: 'x' }, 'id')).toEqual({})
  })

  it.each([
    [{ waspada_pct: '' }, ['waspada_pct']],
    [{ waspada_pct: '0' }, ['waspada_pct']],
    [{ anomali_pct: '10001' }, ['anomali_pct']],
    [{ anomali_pct: '150,00001' }, ['anomali_pct']],
    [{ anomali_pct: '119' }, ['anomali_pct']],
    [{ low_pct: '120' }, ['low_pct']],
    [{ facts_needed: '31' }, ['facts_needed']],
    [{ facts_needed: '1,5' }, ['facts_needed']],
    [{}, []],
    [{ low_pct: '119,9999', anomali_pct: '120' }, []],
  ])('that cannot be are named: %o', (change, wrong) => {
    expect(Object.keys(faultsOf({ ...BUILT_IN, ...change }, 'id'))).toEqual(wrong)
  })
})

describe('a planned start', () => {
  const planned = { ...BUILT_IN, start: 'later' as const, valid_from: '2031-01-01T00:00' }
  const now = Date.parse('2030-12-31T15:30:00Z')

  it('is read by the clocks of the place', () => {
    expect(startOf(planned, undefined)).toBe(Date.parse('2030-12-31T17:00:00Z'))
    expect(startOf(planned, 'Asia/Jayapura')).toBe(Date.parse('2030-12-31T15:00:00Z'))
    expect(startOf({ ...planned, start: 'now' }, undefined)).toBeNull()
  })

  it('lies ahead', () => {
    expect(startFault(planned, undefined, now)).toBeUndefined()
    expect(startFault(planned, 'Asia/Jayapura', now)).toBe('Pilih waktu yang akan datang.')
    expect(startFault({ ...planned, valid_from: '' }, undefined, now)).toBe('Isi tanggal dan jam.')
    expect(startFault({ ...planned, start: 'now' }, undefined, now)).toBeUndefined()
  })
})
