/** Days, ISO weeks and months: where they begin, how long the page looks back, and what they are called. */
import { date, dayAfter, month, shortDate } from '@/lib/format'

export type Period = 'day' | 'week' | 'month'

const DAYS = 30
const WEEKS = 13
const MONTHS = 12

/** The first date of the usual span up to a date: 30 days, 13 weeks or 12 months, the current ones included. */
export function usualFrom(period: Period, to: string): string {
  if (period === 'day') return dayAfter(to, 1 - DAYS)
  const last = new Date(`${to}T00:00:00Z`)
  if (period === 'week') return dayAfter(to, -((last.getUTCDay() + 6) % 7) - 7 * (WEEKS - 1))
  return new Date(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - MONTHS + 1, 1))
    .toISOString()
    .slice(0, 10)
}

/** `10 Jan 2025`, `6 Jan – 12 Jan 2025`, `Jan 2025`; a period that was cut short says its dates. */
export function periodName(period: Period, start: string, end: string): string {
  if (period === 'day' || start === end) return date(start)
  const whole = start.endsWith('-01') && dayAfter(end, 1).endsWith('-01')
  return period === 'month' && whole ? month(start) : `${shortDate(start)} – ${date(end)}`
}
