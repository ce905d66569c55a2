import { Trans } from '@lingui/react/macro'
import { clock } from '@/lib/format'
import { Stale } from '@/ui/States'
import { useLiveState } from './live'

/** Rows stay when the connection is lost; their age is said. */
export function Connection() {
  const { status, heardAt } = useLiveState()
  if (status !== 'lost') return null
  if (heardAt === null) {
    return (
      <Stale>
        <Trans>Pembaruan langsung belum tersambung. Daftar tetap dapat dibaca.</Trans>
      </Stale>
    )
  }
  const at = clock(heardAt)
  return (
    <Stale>
      <Trans>Data per {at}. Menyambung kembali.</Trans>
    </Stale>
  )
}
