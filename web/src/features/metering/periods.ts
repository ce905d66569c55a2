/** A customer's periods under each other: what changed from one to the next, and whether each is paid. */
import type { Happening, MeterAnomaly } from '@/api'
import { changePct } from './comparing'
import { periodBefore } from './uses'

type Read = Pick<MeterAnomaly, 'period' | 'kinds' | 'from_m3' | 'stand_m3' | 'use_m3' | 'use30_m3'>
export type Paid = 'paid' | 'partly' | 'unpaid'

export interface PeriodRow extends Read {
  /** Against the use of the month before; null where that was not read. */
  change_m3: number | null
  change_pct: number | null
  /** Null: nothing was billed, or that is not known. */
  paid: Paid | null
}

export function periodRows(reads: readonly Read[], happened: readonly Happening[]): PeriodRow[] {
  const useOf = new Map(reads.map(read => [read.period, read.use_m3]))
  return reads.map(read => {
    const now = read.use_m3 === null ? null : Number(read.use_m3)
    const was = useOf.get(periodBefore(read.period)) ?? null
    const before = was === null ? null : Number(was)
    return {
      ...read,
      // To the litre: what is subtracted in fractions of a cubic metre leaves dust.
      change_m3: now === null || before === null ? null : Math.round((now - before) * 1_000) / 1_000,
      change_pct: changePct(now, before),
      paid: paidOf(read.period, happened),
    }
  })
}

/** Whether a payment is no repeat and was not taken back. */
function counts(facts: Happening['facts']): boolean {
  return facts['is_repeat'] !== 1 && !facts['withdrawn_by']
}

/** Whether what was billed for a period is paid; a payment that stands in two files counts once. */
function paidOf(period: string, happened: readonly Happening[]): Paid | null {
  const sum = (kind: Happening['kind']) =>
    happened
      .filter(one => one.kind === kind && one.period === period && counts(one.facts))
      .reduce((total, one) => total + Number(one.facts['amount_minor'] ?? 0), 0)
  const billed = sum('billed')
  if (billed <= 0) return null
  const paid = sum('payment')
  if (paid >= billed) return 'paid'
  return paid > 0 ? 'partly' : 'unpaid'
}
