/**
 * Numbers, money, dates and shares, in the reader's language. Nothing else in the console formats by itself:
 * `Intl` objects are slow to make and are kept here.
 */
import { i18n } from '@lingui/core'

const NBSP = '\u00a0'
const TAGS: Record<string, string> = { id: 'id-ID', en: 'en-GB' }

function tag(): string {
  return TAGS[i18n.locale] ?? 'id-ID'
}

function remembered<T>(make: (locale: string, key: string) => T): (key: string) => T {
  const made = new Map<string, T>()
  return key => {
    const name = `${tag()} ${key}`
    let formatter = made.get(name)
    if (!formatter) {
      formatter = make(tag(), key)
      made.set(name, formatter)
    }
    return formatter
  }
}

const numbers = remembered(
  (locale, digits) => new Intl.NumberFormat(locale, { maximumFractionDigits: Number(digits) }),
)
const plains = remembered(
  locale => new Intl.NumberFormat(locale, { useGrouping: false, maximumFractionDigits: 6 }),
)
const compacts = remembered(
  locale => new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 }),
)
const monies = remembered(
  (locale, currency) =>
    new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      // Indonesian drops the two digits by default, English writes "IDR" by default.
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      currencyDisplay: 'narrowSymbol',
    }),
)
const dates = remembered(
  locale =>
    new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }),
)
const shortDates = remembered(
  locale => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }),
)
const months = remembered(
  locale => new Intl.DateTimeFormat(locale, { month: 'short', year: 'numeric', timeZone: 'UTC' }),
)
const monthNames = remembered(
  locale => new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }),
)
const clocks = remembered(
  (locale, timeZone) =>
    new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }),
)

const offsets = remembered(
  (_, timeZone) => new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' }),
)

const ZONES: Record<string, string> = {
  'Asia/Jakarta': 'WIB',
  'Asia/Pontianak': 'WIB',
  'Asia/Makassar': 'WITA',
  'Asia/Jayapura': 'WIT',
}

export const HOME_ZONE = 'Asia/Jakarta'
/** The zone of Indonesia in which a day begins first. */
const FIRST_TO_WAKE = 'Asia/Jayapura'

/** `1.234,5`; decimal strings of the API are accepted as they come. */
export function number(value: number | string, digits = 2): string {
  return numbers(String(digits)).format(Number(value))
}

/** `1234,5`: a number that a spreadsheet of the same language reads as one; nothing where none is stated. */
export function decimal(value: number | string | null | undefined): string {
  return value == null ? '' : plains('').format(Number(value))
}

/** `1,2 rb`, for axes and tiles. */
export function compact(value: number | string): string {
  return compacts('').format(Number(value))
}

/** A number with its unit and a space that never breaks: `520 L`. */
export function quantity(value: number | string, unit: string, digits = 2): string {
  return `${number(value, digits)}${NBSP}${unit}`
}

/** `1.250 m³` of `"1250"`; a dash where nothing is stated. A mean takes fewer digits than a register has. */
export function cubic(m3: number | string | null | undefined, digits = 3): string {
  const stated = m3 === null || m3 === undefined || m3 === '' ? Number.NaN : Number(m3)
  return Number.isNaN(stated) ? '–' : quantity(stated, 'm³', digits)
}

/** `173%` of a score that already is in percent. */
export function percent(value: number | string, digits = 0): string {
  return `${number(value, digits)}%`
}

/** `Rp 1.234.567,89`. */
export function money(amount: number | string, currency = 'IDR'): string {
  return monies(currency).format(Number(amount))
}

/** A business date (`2025-01-10`) belongs to its location and is never moved by a time zone: `10 Jan 2025`. */
export function date(day: string): string {
  return dates('').format(new Date(`${day}T00:00:00Z`))
}

/** `10 Jan`. */
export function shortDate(day: string): string {
  return shortDates('').format(new Date(`${day}T00:00:00Z`))
}

/** `Jan 2025`, of any date in it. */
export function month(day: string): string {
  return months('').format(new Date(`${day}T00:00:00Z`))
}

/** `Januari 2025`, of any date in it; of a period that is no month what stands there. */
export function monthName(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  return Number.isNaN(at.getTime()) ? day.replace(/-01$/, '') : monthNames('').format(at)
}

/** A moment in the zone of its location, with the zone's name: `10 Jan 2025, 14.05 WIB`. */
export function moment(instant: string | number, timeZone: string = HOME_ZONE): string {
  return `${date(today(timeZone, new Date(instant)))}, ${clock(instant, timeZone)}`
}

/** `14.05 WIB`. */
export function clock(instant: string | number, timeZone: string = HOME_ZONE): string {
  return `${clocks(timeZone).format(new Date(instant))}${NBSP}${zoneName(timeZone)}`
}

export function zoneName(timeZone: string): string {
  return ZONES[timeZone] ?? timeZone.split('/').at(-1)?.replace('_', ' ') ?? timeZone
}

/** Today's date at a place, as `YYYY-MM-DD`. */
export function today(timeZone: string = HOME_ZONE, now: Date = new Date()): string {
  return new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(now)
}

/** Today's date where it comes first: a span that ends with it leaves no place's morning out. */
export function newestDay(now: Date = new Date()): string {
  return today(FIRST_TO_WAKE, now)
}

/** The instant, in milliseconds, at which a place's clocks show `2025-01-10T14:05`; NaN for what is no time. */
export function instantAt(wall: string, timeZone: string = HOME_ZONE): number {
  const shown = Date.parse(`${wall}Z`)
  if (Number.isNaN(shown)) return shown
  // Clocks may change between the first guess and the instant, so the offset is looked up again there.
  const guess = shown - offsetMs(shown, timeZone)
  return shown - offsetMs(guess, timeZone)
}

function offsetMs(instant: number, timeZone: string): number {
  const parts = offsets(timeZone).formatToParts(instant)
  const [, sign = '+', hours = '0', minutes = '0'] =
    /GMT([+-])(\d+):(\d+)/.exec(parts.find(part => part.type === 'timeZoneName')?.value ?? '') ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000
}

/** The date `days` after (or, negative, before) a date. */
export function dayAfter(day: string, days: number): string {
  const moved = new Date(`${day}T00:00:00Z`)
  moved.setUTCDate(moved.getUTCDate() + days)
  return moved.toISOString().slice(0, 10)
}
