/** A customer's register reads as points of a chart. */
import type { MeterAnomaly, MeterSaid } from '@/api'
import { periodWords } from './scopes'

type Meter = Pick<MeterSaid, 'serial' | 'reasons' | 'remarks'>
type Read = Pick<MeterAnomaly, 'period' | 'kinds' | 'use_m3' | 'usual_m3'>

const value = (m3: string | null) => (m3 === null ? null : Number(m3))

/** Use per period, oldest first, apart by whether anything is said against it; and what was usual then. */
export function uses(newestFirst: readonly Read[]) {
  const reads = newestFirst.toReversed()
  return {
    days: reads.map(read => `${read.period}-01`),
    names: reads.map(read => periodWords(read.period)),
    calm: reads.map(read => (read.kinds.length === 0 ? value(read.use_m3) : null)),
    anomalous: reads.map(read => (read.kinds.length > 0 ? value(read.use_m3) : null)),
    usual: reads.map(read => value(read.usual_m3)),
  }
}

/** The read that a list was opened from; the newest where it was not. */
export function chosen<One extends Pick<MeterAnomaly, 'period'>>(
  newestFirst: readonly One[],
  period: string | null | undefined,
): One | undefined {
  return newestFirst.find(read => read.period === period) ?? newestFirst[0]
}

/** As many periods without a read as a drawer lists: the newest. */
const MOST_UNREAD = 12

/** The periods between a customer's reads, and up to the one that is asked for, that nobody read; newest first. */
export function unread(
  reads: readonly Pick<MeterAnomaly, 'period' | 'read_date'>[],
  until: string | null | undefined,
): string[] {
  const read = new Set(reads.filter(one => one.read_date !== null).map(one => one.period))
  const known = [...read].toSorted()
  const first = known[0]
  if (first === undefined) return []
  const last = [...known, until ?? first].toSorted().at(-1) ?? first
  const found: string[] = []
  for (let period = first; period <= last; period = periodAfter(period)) {
    if (!read.has(period)) found.push(period)
  }
  return found.toReversed().slice(0, MOST_UNREAD)
}

/** `2026-01` of `2025-12`. */
function periodAfter(period: string): string {
  return monthsFrom(period, 1)
}

/** `2025-12` of `2026-01`. */
export function periodBefore(period: string): string {
  return monthsFrom(period, -1)
}

function monthsFrom(period: string, by: number): string {
  const [year = 0, month = 0] = period.split('-').map(Number)
  return new Date(Date.UTC(year, month - 1 + by)).toISOString().slice(0, 7)
}

/**
 * What is said of a period, of each of the customer's meters: with the serial where there are several.
 * Remarks belong to the reasons where everything is shown.
 */
export function saidOf(
  read: Meter & { beside: readonly Meter[] },
  { remarks }: { remarks: boolean },
): string[] {
  const meters = [read, ...read.beside]
  return meters.flatMap(one => {
    const said = [...one.reasons, ...(remarks ? one.remarks : [])].map(reason => reason.text).join(' ')
    if (said === '') return []
    return meters.length > 1 && one.serial ? [`${one.serial}: ${said}`] : [said]
  })
}
