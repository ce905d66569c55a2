import { useLingui } from '@lingui/react/macro'
import { lazy } from 'react'
import { date } from '@/lib/format'
import { useCatalogue } from './catalogue'

/** What narrows a list of facts or verdicts. */
export interface Narrowing {
  location?: string
  product?: string
  from?: string
  to?: string
}

/** The rows come first; the fields that narrow them follow a moment later, in a place kept for them. */
export const NarrowingFields = lazy(() => import('./NarrowingFields'))

/** What narrows a list, in words for where its fields are not shown. */
export function useNarrowingWords({
  location,
  product,
  from,
  to,
}: Narrowing): readonly (string | undefined)[] {
  const { t } = useLingui()
  const { locationOf, productOf } = useCatalogue()
  const first = from && date(from)
  const last = to && date(to)
  return [
    location && (locationOf.get(location)?.name ?? location),
    product && (productOf.get(product)?.name ?? product),
    first && t`Dari tanggal ${first}`,
    last && t`Sampai tanggal ${last}`,
  ]
}

/** Filters with one of them set, or taken out. */
export function narrowed<Filters extends Narrowing>(
  filters: Filters,
  name: keyof Narrowing,
  value: string | null,
): Filters {
  const { [name]: _, ...rest } = filters
  return (value ? { ...rest, [name]: value } : rest) as Filters
}
