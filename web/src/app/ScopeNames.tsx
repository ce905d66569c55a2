import { Plural, Trans } from '@lingui/react/macro'
import { useCatalogue } from './catalogue'

/** Where something holds, in a few words. */
export function ScopeNames({ ids }: { ids: readonly string[] | null }) {
  const { locationOf } = useCatalogue()
  if (ids === null) return <Trans>Semua lokasi</Trans>
  const [first] = ids
  if (ids.length === 1 && first) return locationOf.get(first)?.name ?? first
  return <Plural value={ids.length} other="# lokasi" />
}
