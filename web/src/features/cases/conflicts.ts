/** Two people change one case: what the other did meanwhile, and what of one's own is not kept yet. */
import type { CaseOut, CasePatch } from '@/api'
import { changed } from '@/lib/changed'
import { FIELDS, type Field } from './words'

type Standing = Pick<CaseOut, Field>

export interface Difference {
  field: Field
  before: string | null
  after: string | null
}

/** What is different now from what was seen. */
export function differences(seen: Standing, now: Standing): Difference[] {
  return FIELDS.filter(field => seen[field] !== now[field]).map(field => ({
    field,
    before: seen[field],
    after: now[field],
  }))
}

/** What of a change still is one: the other may have done the same. */
export function remaining(patch: CasePatch, now: Standing): CasePatch {
  return changed(patch, now)
}
