/** Words for the catalogue's fixed values. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { LocationRecord, ProductRecord } from '@/api'

export type LocationKind = LocationRecord['type']
export type ProductKind = ProductRecord['kind']

export const LOCATION_TYPES: Record<LocationKind, MessageDescriptor> = {
  depot: msg`Depot`,
  warehouse: msg`Gudang`,
  sppg: msg`SPPG`,
  supplier: msg`Pemasok`,
  kitchen: msg`Dapur`,
  shop: msg`Toko`,
  household: msg`Rumah tangga`,
  office: msg`Kantor`,
  other: msg({ message: 'Lainnya', context: 'jenis' }),
}

export const PRODUCT_KINDS: Record<ProductKind, MessageDescriptor> = {
  fuel: msg`BBM`,
  food: msg`Pangan`,
  material: msg`Bahan`,
  service: msg`Jasa`,
  other: msg({ message: 'Lainnya', context: 'jenis' }),
}
