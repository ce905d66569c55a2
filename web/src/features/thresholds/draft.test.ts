import { i18n } from '@lingui/core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { VersionOut } from '@/api'
import { BUILT_IN, draftOf, faultsOf, limitsHolding, startFault, startOf } from './draft'

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

const version = (location: string | null, product: string | null, anomali_pct: string | null) => ({
  location: location && { id: location, name: location },
  product: product && { id: product, name: product },
  thresholds: anomali_pct && {
    id: 'v',
    waspada_pct: '112.5',
    anomali_pct,
    low_pct: '50',
    facts_needed: 5,
    profile: 'weekday',
  },
})

describe('what holds for a scope', () => {
  const active = [
    version(null, null, '150'),
    version('depot', null, '160'),
    version(null, 'solar', '170'),
    version('depot', 'solar', '180'),
    version('depot', 'avtur', null),
  ] as VersionOut[]

  it('is as it would be typed', () => {
    expect(limitsHolding(active, { location_id: null, product_id: null })).toEqual({
      waspada_pct: '112,5',
      anomali_pct: '150',
      low_pct: '50',
      facts_needed: '5',
      profile: 'weekday',
    })
  })

  it.each([
    ['depot', 'solar', '180'],
    ['pool', 'solar', '170'],
    [null, 'solar', '170'],
    ['depot', null, '160'],
    ['depot', 'avtur', '160'],
    ['pool', null, '150'],
  ])('is its own or that of the next wider one: %s, %s', (location_id, product_id, anomali_pct) => {
    expect(limitsHolding(active, { location_id, product_id }).anomali_pct).toBe(anomali_pct)
  })

  it('is what is built in where nothing was ever set', () => {
    expect({ ...BUILT_IN, ...limitsHolding([], { location_id: 'depot', product_id: null }) }).toEqual(
      BUILT_IN,
    )
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
