/** Cases as several pages need them: what their fields are called, and those about one customer or incident. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { queryOptions } from '@tanstack/react-query'
import { CircleCheck, CircleDashed, CircleDot, Footprints, LockKeyhole, type LucideIcon } from 'lucide-react'
import { listCases, type CaseOut } from '@/api'
import { Tag } from '@/ui/StatusBadge'
import { queries } from './client'
import { KIND_LOOK, KINDS } from './kinds'

export type CaseStatus = CaseOut['status']

export const CASE_STATUSES = [
  'open',
  'in_progress',
  'waiting_field',
  'resolved',
  'closed',
] as const satisfies readonly CaseStatus[]

export const STATUS_LOOK: Readonly<
  Record<
    CaseStatus,
    { word: MessageDescriptor; icon: LucideIcon; tone: 'info' | 'warning' | 'good' | 'muted' }
  >
> = {
  open: { word: msg({ message: 'Terbuka', context: 'kasus' }), icon: CircleDashed, tone: 'warning' },
  in_progress: { word: msg`Dikerjakan`, icon: CircleDot, tone: 'info' },
  waiting_field: { word: msg`Menunggu lapangan`, icon: Footprints, tone: 'info' },
  resolved: { word: msg`Terselesaikan`, icon: CircleCheck, tone: 'good' },
  closed: { word: msg`Ditutup`, icon: LockKeyhole, tone: 'muted' },
}

/** The seven kinds of a meter, those of fuel that need a person, anything else. */
export const CASE_TYPES = [
  ...KINDS,
  'ANOMALI',
  'WASPADA',
  'other',
] as const satisfies readonly CaseOut['type'][]

const OTHER = msg({ message: 'Lainnya', context: 'jenis kasus' })
const FUEL = { WASPADA: msg`Waspada`, ANOMALI: msg`Anomali` } as const

/** What a case is about, in a word. */
export function typeWord(type: CaseOut['type']): string {
  if (type === 'other') return i18n._(OTHER)
  return i18n._(type === 'WASPADA' || type === 'ANOMALI' ? FUEL[type] : KIND_LOOK[type].word)
}

export function CaseStatusTag({ status }: { status: CaseStatus }) {
  const { word, icon, tone } = STATUS_LOOK[status]
  return (
    <Tag tone={tone} icon={icon}>
      {i18n._(word)}
    </Tag>
  )
}

/** Cases about a customer or an incident, the newest first. */
export function casesAboutQuery(about: { nomen: string } | { incident_id: string }) {
  return queryOptions({
    queryKey: [{ _id: 'listCases', about }],
    queryFn: async ({ signal }) => (await listCases({ query: { ...about, limit: 5 }, signal })).data.items,
  })
}

const BESIDE_LISTS = ['summariseCases', 'getCase', 'listCaseHistory', 'listCaseComments']

function refetched(operations: readonly string[]): Promise<unknown> {
  return Promise.all(operations.map(one => queries.invalidateQueries({ queryKey: [{ _id: one }] })))
}

/** Fetch again what a case's change can be seen in. */
export function refetchCases(): Promise<unknown> {
  return refetched(['listCases', ...BESIDE_LISTS])
}

/** The same, where lists have to hold still. */
export function refetchBesideLists(): Promise<unknown> {
  return refetched(BESIDE_LISTS)
}
