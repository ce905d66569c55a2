import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { getRouteApi } from '@tanstack/react-router'
import { MapPin } from 'lucide-react'
import { lazy } from 'react'
import { deactivateLocation, getLocation, listLocations, updateLocation, type LocationRecord } from '@/api'
import { zoneName } from '@/lib/format'
import type { Kind } from './catalogue'
import { CataloguePage } from './CataloguePage'
import { LOCATION_TYPES } from './words'

const route = getRouteApi('/_app/locations')

const LOCATIONS: Kind<LocationRecord> = {
  name: 'locations',
  operations: { list: 'listLocations', get: 'getLocation' },
  list: (query, signal) => listLocations({ query, signal }),
  get: (id, signal) => getLocation({ path: { location_id: id }, signal }),
  activate: id => updateLocation({ path: { location_id: id }, body: { is_active: true } }),
  deactivate: id => deactivateLocation({ path: { location_id: id } }),
  columns: [
    { id: 'name', header: msg`Nama`, text: one => one.name, rank: one => one.name },
    {
      id: 'code',
      header: msg`Kode`,
      text: one => one.external_code ?? '–',
      rank: one => one.external_code,
      meta: { width: '9rem' },
    },
    {
      id: 'type',
      header: msg`Jenis`,
      text: one => i18n._(LOCATION_TYPES[one.type]),
      meta: { width: '9rem' },
    },
    { id: 'zone', header: msg`Zona waktu`, text: one => zoneName(one.timezone), meta: { width: '8rem' } },
    { id: 'manager', header: msg`Penanggung jawab`, text: one => one.manager ?? '–' },
  ],
  details: one =>
    [i18n._(LOCATION_TYPES[one.type]), zoneName(one.timezone), one.external_code].filter(Boolean).join(' · '),
  icon: MapPin,
  words: {
    title: msg`Lokasi`,
    lead: msg`Depot, gudang, dan tempat lain yang memakai BBM.`,
    add: msg`Tambah lokasi`,
    fresh: msg`Lokasi baru`,
    one: msg({ message: 'Lokasi', context: 'satu' }),
    unread: msg`Lokasi ini belum bisa dimuat.`,
    none: msg`Belum ada lokasi.`,
    teaches: msg`Setiap catatan BBM menyebut lokasinya. Riwayat dan baseline dihitung per lokasi dan produk.`,
  },
  Form: lazy(() => import('./LocationForm')),
}

export function LocationsPage() {
  const navigate = route.useNavigate()
  return (
    <CataloguePage
      kind={LOCATIONS}
      search={route.useSearch()}
      onSearch={(search, replace = false) => void navigate({ search, replace })}
    />
  )
}
