/** A payment of a customer, and for those who may the ways to change it and to take it back. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { CopyCheck, Pencil, Undo2 } from 'lucide-react'
import { lazy, useState } from 'react'
import { withdrawCollection, type Happening } from '@/api'
import { useMay } from '@/app/session'
import { date } from '@/lib/format'
import { IconButton } from '@/ui/Button'
import { OnDemand } from '@/ui/OnDemand'
import { rupiahOfMinor, stated } from './happenings'
import { Rest, SaidBy } from './parts'
import { refetchPaid } from './queries'
import { periodWords } from './scopes'
import { TakeBack, Withdrawn } from './TakeBack'

const PaymentDialog = lazy(() => import('./PaymentDialog'))

const TYPES: Readonly<Record<string, MessageDescriptor>> = {
  CURRENT: msg`tagihan berjalan`,
  UNDUE: msg`belum jatuh tempo`,
  ARREARS: msg`tunggakan`,
}

export function Payment({ item }: { item: Happening }) {
  const { i18n } = useLingui()
  const { facts } = item
  const type = stated(facts['payment_type'])
  const words = type && TYPES[type] ? i18n._(TYPES[type]) : type
  const source = stated(facts['source'])
  const rest = [words, stated(facts['channel']), source, stated(facts['receipt_number'])]
  return (
    <>
      <span className="flex items-start justify-between gap-2">
        <span>
          <Amount item={item} />
          <Rest>{rest.filter(Boolean).join(' · ')}</Rest>
        </span>
        {!facts['withdrawn_at'] && <Ways item={item} />}
      </span>
      {facts['is_repeat'] === 1 && (
        <span className="flex items-start gap-1 text-xs text-muted">
          <CopyCheck aria-hidden className="mt-0.5 size-3.5 shrink-0" />
          <Trans>Tidak dihitung lagi: pembayaran ini sudah terhitung dari daftar harian.</Trans>
        </span>
      )}
      <SaidBy facts={facts} />
      {facts['withdrawn_at'] && <Withdrawn facts={facts} />}
    </>
  )
}

function Amount({ item: { facts, period } }: { item: Happening }) {
  const amount = rupiahOfMinor(facts['amount_minor'])
  const billed = period && periodWords(period)
  return billed ? (
    <Trans>
      {amount} untuk {billed}
    </Trans>
  ) : (
    <Trans>{amount}, tanpa periode tagihan</Trans>
  )
}

function Ways({ item }: { item: Happening }) {
  const { t } = useLingui()
  const [open, setOpen] = useState(false)
  const mayChange = useMay('collections', 'u')
  const mayTakeBack = useMay('collections', 'd')
  // An older server does not say which payment it is.
  const id = stated(item.facts['id'])
  if (id === undefined || !(mayChange || mayTakeBack)) return null
  const day = date(item.day)
  const close = () => setOpen(false)
  const seen = `"${stated(item.facts['version'])}"`
  const takeBack = () => withdrawCollection({ path: { payment_id: id }, headers: { 'If-Match': seen } })
  return (
    <span className="flex shrink-0">
      {mayChange && (
        <IconButton label={t`Ubah pembayaran ${day}`} onClick={() => setOpen(true)}>
          <Pencil aria-hidden className="size-4" />
        </IconButton>
      )}
      {mayTakeBack && (
        <TakeBack
          opener={ask => (
            <IconButton label={t`Batalkan pembayaran ${day}`} onClick={ask}>
              <Undo2 aria-hidden className="size-4" />
            </IconButton>
          )}
          title={t`Batalkan pembayaran ${day}?`}
          description={<Trans>Pembayaran ini tidak dihitung lagi. Catatannya disimpan.</Trans>}
          send={takeBack}
          done={t`Pembayaran dibatalkan.`}
          after={refetchPaid}
        >
          <p className="text-sm">
            <Amount item={item} />
          </p>
        </TakeBack>
      )}
      <OnDemand wanted={open}>
        <PaymentDialog open={open} id={id} onClose={close} />
      </OnDemand>
    </span>
  )
}
