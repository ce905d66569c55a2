/** Periods side by side: what is drawn of them, and what there is to say. */
import type { Days, Figures } from '@/api'
import { dayAfter } from '@/lib/format'

/** One rayon, or all of them together (null), over the same periods; undefined where it billed nothing. */
export interface Line {
  rayon: string | null
  figures: readonly (Figures | undefined)[]
}

export interface Beside {
  /** Oldest first. */
  periods: readonly string[]
  /** By what was billed in the newest period, most first. */
  lines: readonly Line[]
}

function billed(line: Line): number {
  return Number(line.figures.at(-1)?.target.amount ?? 0)
}

export function beside(items: readonly Figures[]): Beside {
  const periods = [...new Set(items.map(one => one.period))].toSorted()
  const rayons = [...new Set(items.map(one => one.rayon))]
  const lines = rayons.map(rayon => ({
    rayon,
    figures: periods.map(period => items.find(one => one.period === period && one.rayon === rayon)),
  }))
  return { periods, lines: lines.toSorted((a, b) => billed(b) - billed(a)) }
}

export type Measure = 'target' | 'paid' | 'volume' | 'rate'

export function valueOf(figures: Figures | undefined, measure: Measure): number | null {
  if (!figures) return null
  if (measure === 'rate') return figures.collection_rate
  return Number(measure === 'volume' ? figures.volume_m3 : figures[measure].amount)
}

/** The change in percent, to one place; null where there is nothing to compare with. */
export function changePct(now: number | null, before: number | null): number | null {
  if (now === null || before === null || before === 0) return null
  return Math.round(((now - before) / before) * 1_000) / 10 || 0
}

/** Where a series is highest and lowest; null where it says nothing. */
export function extremes(values: readonly (number | null)[]): { highest: number; lowest: number } | null {
  const known = values.flatMap((value, at) => (value === null ? [] : [{ value, at }]))
  if (known.length === 0) return null
  const ascending = known.toSorted((a, b) => a.value - b.value)
  return { lowest: ascending[0]?.at ?? 0, highest: ascending.at(-1)?.at ?? 0 }
}

export interface Paced {
  /** Days of the newer period. */
  days: readonly string[]
  now: readonly (number | null)[]
  before: readonly (number | null)[]
}

const DAY_MS = 86_400_000
/** How much of the older period's way on is still worth seeing. */
const FURTHER_DAYS = 14

/** Days since the period began; payments made before it count from below nought. */
function daysSince(period: string, day: string): number {
  return Math.round((Date.parse(day) - Date.parse(`${period}-01`)) / DAY_MS)
}

/**
 * How far two periods were paid after equally many days, in percent of what each was billed. A share holds until
 * the next payment; after a period's last payment nothing is said of it, nor of what came long after the newer's.
 */
export function paced(now: Days, before: Days): Paced | null {
  if (!now.period || !before.period) return null
  const shares = [now, before].map(
    ({ period, items }) =>
      new Map(items.map(one => [daysSince(period ?? '', one.day), one.collection_rate] as const)),
  )
  const until = Math.max(...(shares[0]?.keys() ?? [])) + FURTHER_DAYS
  const offsets = [...new Set(shares.flatMap(one => [...one.keys()]))]
    .filter(offset => offset <= until)
    .toSorted((a, b) => a - b)
  const [ofNow, ofBefore] = shares.map(one => {
    const last = Math.max(...one.keys())
    let share: number | null = null
    return offsets.map(offset => {
      share = one.get(offset) ?? share
      return offset > last ? null : share
    })
  })
  const first = `${now.period}-01`
  return { days: offsets.map(offset => dayAfter(first, offset)), now: ofNow ?? [], before: ofBefore ?? [] }
}
