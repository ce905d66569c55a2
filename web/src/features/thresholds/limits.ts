/** Limits of register reads as people type them, and as they are sent. */
import type { EffectiveMeterLimits, MeterLimitsOut } from '@/api'
import { instantAt } from '@/lib/format'
import { parseDecimal } from '@/lib/quantity'

export interface TypedLimits {
  usage_class: string
  meter_size: string
  content: 'own' | 'inherit'
  extreme_m3: string
  drop_pct: string
  drop_floor_m3: string
  month_from_days: string
  month_to_days: string
  zeros: string
  estimates: string
  trouble_codes: string
  start: 'now' | 'later'
  valid_from: string
}

/** What holds for a class and a size as far as either has its own; else what holds for all. */
export function limitsHolding(
  holding: readonly EffectiveMeterLimits[],
  usageClass: string,
  meterSize: string,
): MeterLimitsOut | undefined {
  const of = (name: string, size: string) =>
    holding.find(one => (one.usage_class ?? '') === name && (one.meter_size ?? '') === size)?.limits
  return of(usageClass, meterSize) ?? of('', '')
}

function whole(typed: string): number | string {
  return /^\d+$/.test(typed.trim()) ? Number(typed) : typed
}

/** What cannot be read is sent as it was typed, and refused with its place. */
export function limitsOf(values: TypedLimits, language: string) {
  const limit = (typed: string) => parseDecimal(typed, language) ?? typed
  const at = values.start === 'later' ? instantAt(values.valid_from) : Number.NaN
  return {
    usage_class: values.usage_class.trim() || null,
    meter_size: values.meter_size.trim() || null,
    limits:
      values.content === 'inherit'
        ? null
        : {
            extreme_m3: limit(values.extreme_m3),
            drop_pct: whole(values.drop_pct),
            drop_floor_m3: limit(values.drop_floor_m3),
            month_from_days: whole(values.month_from_days),
            month_to_days: whole(values.month_to_days),
            zeros: whole(values.zeros),
            estimates: whole(values.estimates),
            trouble_codes: values.trouble_codes
              .split('\n')
              .map(code => code.trim())
              .filter(code => code !== ''),
          },
    valid_from: Number.isNaN(at) ? null : new Date(at).toISOString(),
  }
}
