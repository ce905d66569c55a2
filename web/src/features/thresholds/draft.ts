/** Thresholds as they are typed: what is sent for them, and what is wrong with them. */
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { ThresholdsOut, VersionOut } from '@/api'
import { decimal, instantAt } from '@/lib/format'
import { parseDecimal } from '@/lib/quantity'
import type { Draft } from './queries'

export interface Typed {
  location_id: string | null
  product_id: string | null
  content: 'own' | 'inherit'
  waspada_pct: string
  anomali_pct: string
  low_pct: string
  facts_needed: string
  profile: 'plain' | 'weekday'
  start: 'now' | 'later'
  /** What the clocks of the place show when it starts: `2025-01-10T14:05`. */
  valid_from: string
}

const BUILT_IN_LIMITS: Limits = {
  waspada_pct: '120',
  anomali_pct: '150',
  low_pct: '',
  facts_needed: '3',
  profile: 'plain',
}

export const BUILT_IN: Typed = {
  location_id: null,
  product_id: null,
  content: 'own',
  ...BUILT_IN_LIMITS,
  start: 'now',
  valid_from: '',
}

export type Scope = Pick<Typed, 'location_id' | 'product_id'>
export type Limits = Pick<Typed, 'waspada_pct' | 'anomali_pct' | 'low_pct' | 'facts_needed' | 'profile'>

/** What holds for a scope, by its own version or by that of the next wider scope, as it would be typed. */
export function limitsHolding(active: readonly VersionOut[], { location_id, product_id }: Scope): Limits {
  const widening = [
    [location_id, product_id],
    [null, product_id],
    [location_id, null],
    [null, null],
  ]
  for (const [location, product] of widening) {
    const own = active.find(
      one => (one.location?.id ?? null) === location && (one.product?.id ?? null) === product,
    )
    if (own?.thresholds) return typedLimits(own.thresholds)
  }
  return BUILT_IN_LIMITS
}

function typedLimits({ waspada_pct, anomali_pct, low_pct, facts_needed, profile }: ThresholdsOut): Limits {
  return {
    waspada_pct: decimal(waspada_pct),
    anomali_pct: decimal(anomali_pct),
    low_pct: decimal(low_pct),
    facts_needed: String(facts_needed),
    profile,
  }
}

const PLACES = 4
const LARGEST_PCT = 10_000
const MOST_FACTS = 30

export function draftOf(typed: Typed, language: string): Draft {
  const { location_id, product_id } = typed
  if (typed.content === 'inherit') return { location_id, product_id, thresholds: null }
  return {
    location_id,
    product_id,
    thresholds: {
      waspada_pct: parseDecimal(typed.waspada_pct, language) ?? '',
      anomali_pct: parseDecimal(typed.anomali_pct, language) ?? '',
      low_pct: typed.low_pct.trim() ? (parseDecimal(typed.low_pct, language) ?? '') : null,
      facts_needed: Number(typed.facts_needed),
      profile: typed.profile,
    },
  }
}

/** When it is to start, in milliseconds; null: at once. */
export function startOf({ start, valid_from }: Typed, timeZone: string | undefined): number | null {
  return start === 'now' ? null : instantAt(valid_from, timeZone)
}

export function startFault(typed: Typed, timeZone: string | undefined, now: number): string | undefined {
  const start = startOf(typed, timeZone)
  if (start === null || start > now) return undefined
  return Number.isNaN(start) ? i18n._(msg`Isi tanggal dan jam.`) : i18n._(msg`Pilih waktu yang akan datang.`)
}

/** One sentence for each field that is wrong; what is right is absent. */
export function faultsOf(typed: Typed, language: string): Partial<Record<keyof Typed, string>> {
  if (typed.content === 'inherit') return {}
  const faults: Partial<Record<keyof Typed, string>> = {}
  const numbers: Partial<Record<keyof Typed, number>> = {}
  for (const field of ['waspada_pct', 'anomali_pct', 'low_pct'] as const) {
    if (field === 'low_pct' && !typed.low_pct.trim()) continue
    const plain = parseDecimal(typed[field], language)
    const value = Number(plain)
    if (plain === null || value <= 0 || value > LARGEST_PCT)
      faults[field] = i18n._(msg`Tulis angka di atas 0 sampai 10.000.`)
    else if ((plain.split('.')[1] ?? '').length > PLACES)
      faults[field] = i18n._(msg`Paling banyak 4 angka di belakang koma.`)
    else numbers[field] = value
  }
  const { waspada_pct: waspada, anomali_pct: anomali, low_pct: low } = numbers
  if (waspada !== undefined && anomali !== undefined && anomali < waspada)
    faults.anomali_pct = i18n._(msg`Tidak boleh di bawah ambang waspada.`)
  if (waspada !== undefined && low !== undefined && low >= waspada)
    faults.low_pct = i18n._(msg`Harus di bawah ambang waspada.`)
  const facts = Number(typed.facts_needed)
  if (!typed.facts_needed.trim() || !Number.isInteger(facts) || facts < 1 || facts > MOST_FACTS)
    faults.facts_needed = i18n._(msg`Tulis angka bulat 1 sampai 30.`)
  return faults
}
