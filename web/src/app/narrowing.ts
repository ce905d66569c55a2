import { lazy } from 'react'

/** What narrows a list of facts or verdicts. */
export interface Narrowing {
  location?: string
  product?: string
  from?: string
  to?: string
}

/** The rows come first; the fields that narrow them follow a moment later, in a place kept for them. */
export const NarrowingFields = lazy(() => import('./NarrowingFields'))

/** Filters with one of them set, or taken out. */
export function narrowed<Filters extends Narrowing>(
  filters: Filters,
  name: keyof Narrowing,
  value: string | null,
): Filters {
  const { [name]: _, ...rest } = filters
  return (value ? { ...rest, [name]: value } : rest) as Filters
}
