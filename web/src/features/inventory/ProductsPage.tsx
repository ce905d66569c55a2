import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { getRouteApi } from '@tanstack/react-router'
import { Package } from 'lucide-react'
import { lazy } from 'react'
import { deactivateProduct, getProduct, listProducts, updateProduct, type ProductRecord } from '@/api'
import type { Kind } from './catalogue'
import { CataloguePage } from './CataloguePage'
import { PRODUCT_KINDS } from './words'

const route = getRouteApi('/_app/products')

const PRODUCTS: Kind<ProductRecord> = {
  name: 'products',
  operations: { list: 'listProducts', get: 'getProduct' },
  list: (query, signal) => listProducts({ query, signal }),
  get: (id, signal) => getProduct({ path: { product_id: id }, signal }),
  activate: id => updateProduct({ path: { product_id: id }, body: { is_active: true } }),
  deactivate: id => deactivateProduct({ path: { product_id: id } }),
  columns: [
    { id: 'name', header: msg`Nama`, text: one => one.name, rank: one => one.name },
    { id: 'code', header: msg`Kode`, text: one => one.code, rank: one => one.code, meta: { width: '12rem' } },
    { id: 'kind', header: msg`Jenis`, text: one => i18n._(PRODUCT_KINDS[one.kind]), meta: { width: '9rem' } },
    { id: 'unit', header: msg`Satuan`, text: one => one.unit, meta: { width: '7rem' } },
  ],
  details: one => [one.code, i18n._(PRODUCT_KINDS[one.kind]), one.unit].join(' · '),
  icon: Package,
  words: {
    title: msg`Produk`,
    lead: msg`BBM dan barang lain yang dicatat.`,
    add: msg`Tambah produk`,
    fresh: msg`Produk baru`,
    one: msg({ message: 'Produk', context: 'satu' }),
    unread: msg`Produk ini belum bisa dimuat.`,
    none: msg`Belum ada produk.`,
    teaches: msg`Tambahkan BBM yang dipakai, misalnya Solar atau Pertalite. Riwayat dan baseline dihitung per lokasi dan produk.`,
  },
  Form: lazy(() => import('./ProductForm')),
}

export function ProductsPage() {
  const navigate = route.useNavigate()
  return (
    <CataloguePage
      kind={PRODUCTS}
      search={route.useSearch()}
      onSearch={(search, replace = false) => void navigate({ search, replace })}
    />
  )
}
