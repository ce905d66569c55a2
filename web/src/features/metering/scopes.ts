/** Periods and rayons that can be chosen. */
import { monthName } from '@/lib/format'

/** `Desember 2025` of `2025-12`. */
export function periodWords(period: string): string {
  return monthName(`${period}-01`)
}

/** As many as the server compares at once. */
const MOST_COMPARED = 36

/** Whether the periods from one to the other can be compared; an end that is not known stands in no way. */
export function comparable(first: string | undefined, last: string | undefined): boolean {
  if (first === undefined || last === undefined) return true
  const apart = monthOf(last) - monthOf(first)
  return apart >= 0 && apart < MOST_COMPARED
}

function monthOf(period: string): number {
  const [year, month] = period.split('-').map(Number)
  return (year ?? 0) * 12 + (month ?? 0)
}

/** The month of a day and so many before it, newest first: `2025-12`, `2025-11`. */
export function monthsBefore(day: string, months: number): string[] {
  const last = monthOf(day)
  return Array.from({ length: months + 1 }, (_, ago) => {
    // The months of year 0 are counted from 1.
    const at = last - ago - 1
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
  })
}

/** The periods that are billed, and others that are asked for or judged already; newest first. */
export function periodsOf(
  billed: readonly string[],
  others: readonly (string | null | undefined)[],
): string[] {
  const all = [...billed, ...others].filter(one => typeof one === 'string')
  return [...new Set(all)].toSorted((a, b) => b.localeCompare(a))
}

/** The rayons, by name: `9` before `34`. */
export function rayonsOf(rayons: readonly string[], chosen: string | undefined): string[] {
  const all = [...rayons, chosen].filter(one => typeof one === 'string')
  return [...new Set(all)].toSorted((a, b) => a.localeCompare(b, undefined, { numeric: true }))
}
