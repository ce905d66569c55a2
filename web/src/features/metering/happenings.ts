/** Numbers of the books as people read them. The time line holds litres and hundredths of a rupiah. */
import { cubic, money, percent } from '@/lib/format'

type Value = string | number | null | undefined

const LITRES = 1_000
const MINOR = 100

function known(value: Value): number | null {
  const read = value === null || value === undefined || value === '' ? Number.NaN : Number(value)
  return Number.isNaN(read) ? null : read
}

/** `50 m³` of 50,000 litres. */
export function cubicOfLitres(litres: Value): string {
  const read = known(litres)
  return cubic(read === null ? null : read / LITRES)
}

/** `Rp 638.500,00` of 63,850,000 hundredths. */
export function rupiahOfMinor(minor: Value): string {
  const read = known(minor)
  return read === null ? '–' : money(read / MINOR)
}

/** A text of the books; undefined where it is empty. */
export function stated(value: Value): string | undefined {
  return value === null || value === undefined || value === '' ? undefined : String(value)
}

/** `+4,2%`; a dash where there is nothing to compare with. */
export function signedPct(change: number | null): string {
  return change === null ? '–' : `${change > 0 ? '+' : ''}${percent(change, 1)}`
}

/** `90,5%`; a dash where nothing was billed. */
export function rate(share: number | null): string {
  return share === null ? '–' : percent(share, 2)
}
