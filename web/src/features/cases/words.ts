/** What the fields of a case are called, and how their values are said. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { CaseOut, CaseVisit } from '@/api'
import { STATUS_LOOK, typeWord, type CaseStatus } from '@/app/cases'
import { KINDS } from '@/app/kinds'
import { date } from '@/lib/format'

export const PRIORITIES = [
  'critical',
  'high',
  'medium',
  'low',
] as const satisfies readonly CaseOut['priority'][]

export const PRIORITY_WORDS: Readonly<Record<CaseOut['priority'], MessageDescriptor>> = {
  critical: msg({ message: 'Kritis', context: 'prioritas' }),
  high: msg({ message: 'Tinggi', context: 'prioritas' }),
  medium: msg({ message: 'Sedang', context: 'prioritas' }),
  low: msg({ message: 'Rendah', context: 'prioritas' }),
}

export const METER_TYPES = [...KINDS, 'other'] as const
export const FUEL_TYPES = ['ANOMALI', 'WASPADA', 'other'] as const

export const OUTCOMES: Readonly<Record<CaseVisit['outcome'], MessageDescriptor>> = {
  no_fault: msg`Tidak ada masalah`,
  leak: msg`Bocor`,
  meter_broken: msg`Meter rusak`,
  misread: msg`Salah baca`,
  illegal_use: msg`Pemakaian ilegal`,
  meter_replaced: msg`Meter diganti`,
  no_access: msg`Tidak bisa masuk`,
  other: msg({ message: 'Lainnya', context: 'hasil kunjungan' }),
}

/** Fields that people change, in the order in which they stand. */
export const FIELDS = [
  'status',
  'assignee_id',
  'due_date',
  'priority',
  'type',
  'description',
  'resolution',
] as const
export type Field = (typeof FIELDS)[number]

export const FIELD_WORDS: Readonly<Record<Field, MessageDescriptor>> = {
  status: msg`Status`,
  assignee_id: msg({ message: 'Penanggung jawab', context: 'kasus' }),
  due_date: msg`Tenggat`,
  priority: msg`Prioritas`,
  type: msg`Jenis`,
  description: msg`Uraian`,
  resolution: msg`Temuan`,
}

export function isField(name: string): name is Field {
  return FIELDS.some(field => field === name)
}

/** A field's value in words; a dash for none. */
export function valueWord(
  field: Field,
  value: string | null | undefined,
  nameOf: (id: string) => string,
): string {
  if (!value) return '–'
  if (field === 'status') return i18n._(STATUS_LOOK[value as CaseStatus].word)
  if (field === 'priority') return i18n._(PRIORITY_WORDS[value as CaseOut['priority']])
  if (field === 'type') return typeWord(value as CaseOut['type'])
  if (field === 'assignee_id') return nameOf(value)
  return field === 'due_date' ? date(value) : value
}

type Subject = Pick<CaseOut, 'nomen' | 'customer' | 'location' | 'product'>

/** Whom or what a case is about. */
export function subject({ nomen, customer, location, product }: Subject): string {
  if (nomen) return customer ? `${customer}, ${nomen}` : nomen
  return [location?.name, product?.name].filter(Boolean).join(' · ')
}
