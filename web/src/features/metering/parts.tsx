/** What the pages of the water utility share. */
import { Trans } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { Happening } from '@/api'
import { usePeople } from '@/app/people'
import { useMay } from '@/app/session'
import { moment } from '@/lib/format'
import { buttonLook } from '@/ui/Button'
import { stated } from './happenings'
import { periodWords } from './scopes'

/** The time that figures are of. */
export function AsOf({ at }: { at: string | null | undefined }) {
  if (!at) return null
  const when = moment(at)
  return (
    <p className="text-xs text-muted">
      <Trans>Data per {when}</Trans>
    </p>
  )
}

/** Where the books are filled from, for those who may. */
export function ToImports() {
  const maySend = useMay('imports', 'c')
  return maySend ? (
    <Link to="/imports" className={buttonLook('primary')}>
      <Trans>Unggah data</Trans>
    </Link>
  ) : null
}

/** That no list of debts of a period came in, which is not the same as no debts. */
export function NotListed({ newest }: { newest: string | null }) {
  const period = newest && periodWords(newest)
  return (
    <p className="text-sm text-muted">
      {period ? (
        <Trans>Belum ada daftar tunggakan untuk periode ini. Yang terbaru: {period}.</Trans>
      ) : (
        <Trans>Belum ada daftar tunggakan (ARDEBT) yang diunggah.</Trans>
      )}
    </p>
  )
}

/** One line of a list of facts. */
export function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  )
}

export const FACTS = 'grid grid-cols-[8rem_minmax(0,1fr)] gap-x-3 gap-y-1.5 text-sm'

/** What else there is to say, smaller and under it. */
export function Rest({ children }: { children: ReactNode }) {
  return <span className="block text-xs text-muted">{children}</span>
}

/** Who said what stands above. */
export function SaidBy({ facts }: { facts: Happening['facts'] }) {
  const nameOf = usePeople()
  const author = stated(facts['said_by'])
  const by = author && nameOf(author)
  return (
    by && (
      <Rest>
        <Trans>Dicatat oleh {by}</Trans>
      </Rest>
    )
  )
}
