/** A customer's register reads as points of a chart. */
import type { MeterAnomaly } from '@/api'
import { periodWords } from './scopes'

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
