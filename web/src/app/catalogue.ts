/** The places and products that nearly every page names. */
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { listLocations, listProducts, type LocationRecord, type ProductRecord } from '@/api'
import { keptWhileAway } from '@/lib/kept'
import type { Choice } from '@/ui/Combobox'

const PAGE = 500

/** The items of every page. */
export async function all<T>(
  page: (cursor: string | null) => Promise<{ items: T[]; next_cursor?: string | null }>,
) {
  const items: T[] = []
  let cursor: string | null = null
  do {
    const next: { items: T[]; next_cursor?: string | null } = await page(cursor)
    items.push(...next.items)
    cursor = next.next_cursor ?? null
  } while (cursor)
  return items
}

const locationsQuery = {
  queryKey: [{ _id: 'listLocations', all: true }],
  queryFn: () =>
    keptWhileAway('locations', () =>
      all<LocationRecord>(
        async cursor => (await listLocations({ query: { limit: PAGE, ...(cursor && { cursor }) } })).data,
      ),
    ),
}
const productsQuery = {
  queryKey: [{ _id: 'listProducts', all: true }],
  queryFn: () =>
    keptWhileAway('products', () =>
      all<ProductRecord>(
        async cursor => (await listProducts({ query: { limit: PAGE, ...(cursor && { cursor }) } })).data,
      ),
    ),
}

/** Every location and product, by id, also the inactive ones that old records name. */
export function useCatalogue() {
  const locations = useQuery(locationsQuery)
  const products = useQuery(productsQuery)
  return useMemo(() => {
    const locationOf = new Map((locations.data ?? []).map(one => [one.id, one]))
    const productOf = new Map((products.data ?? []).map(one => [one.id, one]))
    return {
      isPending: locations.isPending || products.isPending,
      error: locations.error ?? products.error,
      retry: () => void Promise.all([locations.refetch(), products.refetch()]),
      locations: locations.data ?? [],
      products: products.data ?? [],
      locationOf,
      productOf,
    }
  }, [locations, products])
}

export type Catalogue = ReturnType<typeof useCatalogue>

export function locationChoices(catalogue: Catalogue, active = true): Choice[] {
  return catalogue.locations
    .filter(one => one.is_active || !active)
    .map(one => ({ value: one.id, label: one.name, detail: one.external_code ?? '' }))
}

export function fuelChoices(catalogue: Catalogue, active = true): Choice[] {
  return catalogue.products
    .filter(one => one.kind === 'fuel' && (one.is_active || !active))
    .map(one => ({ value: one.id, label: one.name, detail: one.code }))
}
