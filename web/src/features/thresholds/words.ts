/** Thresholds in words. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import type { Effective, EffectiveMeterLimits, ThresholdsOut, VersionOut } from '@/api'
import { percent } from '@/lib/format'

export const SCOPES: Record<Effective['scope'], MessageDescriptor> = {
  built_in: msg`Bawaan`,
  organisation: msg`Seluruh organisasi`,
  location: msg`Lokasi`,
  product: msg({ message: 'Produk', context: 'satu' }),
  product_at_location: msg`Produk di lokasi`,
}

export const STATES: Record<VersionOut['state'], MessageDescriptor> = {
  planned: msg`Direncanakan`,
  active: msg`Berlaku`,
  replaced: msg`Diganti`,
}

export const TONES: Record<VersionOut['state'], 'info' | 'good' | 'muted'> = {
  planned: 'info',
  active: 'good',
  replaced: 'muted',
}

export const METER_SCOPES: Record<EffectiveMeterLimits['scope'], MessageDescriptor> = {
  built_in: msg`Bawaan`,
  every_class: msg`Semua golongan`,
  class: msg`Golongan ini`,
  size: msg`Ukuran ini`,
  class_and_size: msg`Golongan dan ukuran`,
}

/** A tariff class; null: all that have no limits of their own. */
export function classWord(usageClass: string | null): string {
  return usageClass ?? i18n._(msg`Semua golongan`)
}

/** A meter size; null: all that have no limits of their own. */
export function sizeWord(meterSize: string | null): string {
  return meterSize ?? i18n._(msg`Semua ukuran`)
}

/** Whose limits: of a class, of a size, of both, or of all that have none of their own. */
export function ofWhom({
  usage_class,
  meter_size,
}: Pick<EffectiveMeterLimits, 'usage_class' | 'meter_size'>): string {
  if (meter_size === null) return classWord(usage_class)
  return `${classWord(usage_class)} · ${meter_size}`
}

export const PROFILES: Record<ThresholdsOut['profile'], MessageDescriptor> = {
  plain: msg`Semua hari`,
  weekday: msg`Hari yang sama`,
}

export const PROFILE_HINTS: Record<ThresholdsOut['profile'], MessageDescriptor> = {
  plain: msg`Dibandingkan dengan rata-rata 30 catatan terakhir.`,
  weekday: msg`Senin dibandingkan dengan Senin, bila riwayatnya cukup.`,
}

/** `120%`, as exact as it was set. */
export function bound(pct: string | null): string {
  return pct === null ? '–' : percent(pct, 4)
}
