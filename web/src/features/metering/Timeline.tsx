/** What happened at a customer, newest first: reads, corrections, bills, payments, arrears, changed meters, who said what. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import {
  AlarmClock,
  Gauge,
  HandCoins,
  PencilLine,
  ReceiptText,
  Replace,
  Target,
  UserPen,
  type LucideIcon,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { Happening } from '@/api'
import { useMay } from '@/app/session'
import { date } from '@/lib/format'
import { cubicOfLitres, rupiahOfMinor, stated } from './happenings'
import { Rest, SaidBy } from './parts'
import { Payment } from './Payment'
import { Replacement } from './Replacement'
import { periodWords } from './scopes'

type Facts = Happening['facts']

const LOOK: Readonly<Record<Happening['kind'], { word: MessageDescriptor; icon: LucideIcon }>> = {
  read: { word: msg`Meter dibaca`, icon: Gauge },
  payment: { word: msg`Pembayaran`, icon: HandCoins },
  bill: { word: msg`Rekening terbit`, icon: ReceiptText },
  billed: { word: msg`Target tagihan`, icon: Target },
  arrears: { word: msg`Tunggakan`, icon: AlarmClock },
  replacement: { word: msg`Meter diganti`, icon: Replace },
  correction: { word: msg`Bacaan dikoreksi`, icon: PencilLine },
  customer: { word: msg`Data pelanggan`, icon: UserPen },
}

const FIELDS: Readonly<Record<string, MessageDescriptor>> = {
  name: msg`Nama`,
  address: msg`Alamat`,
  rayon: msg`Rayon`,
  usage_class: msg`Golongan`,
  serial: msg`Nomor meter`,
  meter_size: msg`Ukuran meter`,
  is_active: msg`Keadaan`,
}

const METHODS: Readonly<Record<string, MessageDescriptor>> = {
  ACTUAL: msg`dibaca di tempat`,
  ESTIMATED: msg`perkiraan`,
}

export function Timeline({ items }: { items: readonly Happening[] }) {
  const { i18n } = useLingui()
  // A newer server may tell of more.
  const known = items.filter(({ kind }) => kind in LOOK)
  return (
    <ol className="flex flex-col">
      {known.map((item, at) => {
        const { word, icon: Icon } = LOOK[item.kind]
        return (
          // Nothing in the books names a happening, and the line is only read.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={`${at} ${item.kind} ${item.day}`} className="relative flex gap-3 pb-4 last:pb-0">
            <span
              aria-hidden
              className="z-10 flex size-7 shrink-0 items-center justify-center rounded-full border border-line bg-sunken text-muted"
            >
              <Icon className="size-3.5" />
            </span>
            {at < known.length - 1 && (
              <span aria-hidden className="absolute top-7 bottom-0 left-3.5 border-l border-line" />
            )}
            <span className="flex min-w-0 flex-1 flex-col gap-0.5 text-sm">
              <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                <span className="font-medium">{i18n._(word)}</span>
                <span className="text-xs text-muted tabular">{whenOf(item)}</span>
              </span>
              <span className="break-words">
                <What item={item} />
              </span>
            </span>
          </li>
        )
      })}
    </ol>
  )
}

/** What is of a whole month has no day of its own. */
function whenOf({ kind, day }: Happening): string {
  return kind === 'billed' || kind === 'arrears' ? periodWords(day.slice(0, 7)) : date(day)
}

function What({ item }: { item: Happening }): ReactNode {
  const { facts, period } = item
  switch (item.kind) {
    case 'read':
      return <Read facts={facts} />
    case 'payment':
      return <Payment item={item} />
    case 'arrears':
      return <Arrears facts={facts} period={period} />
    case 'replacement':
      return <Replacement item={item} />
    case 'correction':
      return <Correction facts={facts} period={period} />
    case 'customer':
      return <Said facts={facts} />
    case 'bill':
    case 'billed':
      return <Billed facts={facts} />
    default:
      return null
  }
}

function Read({ facts }: { facts: Facts }) {
  const { i18n } = useLingui()
  const method = stated(facts['read_method'])
  const word = method && METHODS[method] ? i18n._(METHODS[method]) : method
  const rest = [word, stated(facts['skip_status']), stated(facts['reader'])].filter(Boolean).join(' · ')
  return (
    <>
      <span className="tabular">
        {cubicOfLitres(facts['stand_awal_l'])} → {cubicOfLitres(facts['stand_akhir_l'])} ={' '}
        {cubicOfLitres(facts['volume_l'])}
      </span>
      {rest && <Rest>{rest}</Rest>}
    </>
  )
}

/** What a person said of a customer, and nothing that they left as it was. */
function Said({ facts }: { facts: Facts }) {
  const { i18n } = useLingui()
  const active = i18n._(facts['is_active'] === 0 ? msg`Nonaktif` : msg`Aktif`)
  const said = Object.entries(FIELDS).flatMap(([field, word]) =>
    field in facts
      ? [`${i18n._(word)}: ${field === 'is_active' ? active : (stated(facts[field]) ?? '–')}`]
      : [],
  )
  return (
    <>
      {said.join(' · ')}
      <SaidBy facts={facts} />
    </>
  )
}

function Billed({ facts }: { facts: Facts }) {
  const billNumber = stated(facts['bill_number'])
  const due = stated(facts['due_date'])
  const until = due && date(due)
  return (
    <>
      {rupiahOfMinor(facts['amount_minor'])} · {cubicOfLitres(facts['volume_l'])}
      {billNumber && <Rest>{billNumber}</Rest>}
      {until && (
        <Rest>
          <Trans>jatuh tempo {until}</Trans>
        </Rest>
      )}
    </>
  )
}

function Arrears({ facts, period }: { facts: Facts; period: string }) {
  const amount = rupiahOfMinor(facts['amount_minor'])
  const billed = periodWords(period)
  const penalty = Number(facts['penalty_minor'] ?? 0) > 0 && rupiahOfMinor(facts['penalty_minor'])
  return (
    <>
      <Trans>
        {amount} dari {billed}
      </Trans>
      <Rest>
        <Plural value={Number(facts['age_days'] ?? 0)} other="berumur # hari" />
        {penalty && (
          <>
            {' · '}
            <Trans>denda {penalty}</Trans>
          </>
        )}
      </Rest>
    </>
  )
}

function Correction({ facts, period }: { facts: Facts; period: string }) {
  const billed = periodWords(period)
  const caseId = stated(facts['case_id'])
  const seesCases = useMay('cases', 'r')
  return (
    <>
      <span className="tabular">
        {billed}: {cubicOfLitres(facts['raw_l'])} → {cubicOfLitres(facts['stand_l'])}
        {facts['act'] === 'ESTIMATED' && (
          <>
            {' · '}
            <Trans>perkiraan</Trans>
          </>
        )}
      </span>
      <Rest>{stated(facts['reason'])}</Rest>
      {caseId && seesCases && (
        <Rest>
          <Link to="/cases" search={{ id: caseId }} className="font-medium text-brand hover:underline">
            <Trans>Lihat kasusnya</Trans>
          </Link>
        </Rest>
      )}
      {stated(facts['withdrawn_at']) && (
        <Rest>
          <Trans>koreksi ini sudah dibatalkan</Trans>
        </Rest>
      )}
    </>
  )
}
