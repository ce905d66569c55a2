/** Periods and rayons that can be chosen. */
import type { Figures } from '@/api'
import { monthName } from '@/lib/format'

/** `Desember 2025` of `2025-12`. */
export function periodWords(period: string): string {
  return monthName(`${period}-01`)
}

/** The periods that are billed, and others that are asked for or judged already; newest first. */
export function periodsOf(
  figures: readonly Pick<Figures, 'period'>[],
  others: readonly (string | null | undefined)[],
): string[] {
  const all = [...figures.map(one => one.period), ...others].filter(one => typeof one === 'string')
  return [...new Set(all)].toSorted((a, b) => b.localeCompare(a))
}

/** The rayons of any period, by name: `9` before `34`. */
export function rayonsOf(figures: readonly Pick<Figures, 'rayon'>[], chosen: string | undefined): string[] {
  const all = [...figures.map(one => one.rayon), chosen].filter(one => typeof one === 'string')
  return [...new Set(all)].toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }))
}
