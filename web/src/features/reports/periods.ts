/** The months and weeks a report can be of, newest first. */
import { date, dayAfter, monthName, shortDate } from '@/lib/format'

export type Period = 'month' | 'week'

const MONTHS = 24
const WEEKS = 26

/** First dates of the newest periods up to a date, the current one included. */
export function starts(period: Period, today: string): string[] {
  const day = new Date(`${today}T00:00:00Z`)
  if (period === 'week') {
    const monday = dayAfter(today, -((day.getUTCDay() + 6) % 7))
    return Array.from({ length: WEEKS }, (_, back) => dayAfter(monday, -7 * back))
  }
  return Array.from({ length: MONTHS }, (_, back) =>
    new Date(Date.UTC(day.getUTCFullYear(), day.getUTCMonth() - back, 1)).toISOString().slice(0, 10),
  )
}

/** `Januari 2025`, or `6 Jan – 12 Jan 2025`. */
export function nameOf(period: Period, start: string): string {
  return period === 'month' ? monthName(start) : `${shortDate(start)} – ${date(dayAfter(start, 6))}`
}
