/** Volumes as people type them, and as the API wants them: exact decimal strings, never floats. */

const MICRO = 1_000_000n
/** The largest volume of one transaction, in litres. */
export const LARGEST_VOLUME_L = 1_000_000

/**
 * Return what was typed as a plain decimal string (`1.234,5` and `1,234.5` are both `1234.5`), or null.
 *
 * A single separator followed by exactly three digits is read in the way of `language`, where it is ambiguous.
 */
export function parseDecimal(typed: string, language: string): string | null {
  const text = typed.trim().replace(/^\+|[\s\u00a0]|l(iter)?$/gi, '')
  if (!/^[\d.,]+$/.test(text) || !/\d/.test(text)) return null
  const dot = text.lastIndexOf('.')
  const comma = text.lastIndexOf(',')
  let decimal: string | null
  if (dot >= 0 && comma >= 0) decimal = dot > comma ? '.' : ','
  else if (dot < 0 && comma < 0) decimal = null
  else {
    const separator = dot >= 0 ? '.' : ','
    // Nobody groups thousands behind nothing but zeros: `0.500` is half of one in every language.
    const grouped = new RegExp(`^(?!0+\\${separator})\\d{1,3}(\\${separator}\\d{3})+$`).test(text)
    const repeated = text.split(separator).length > 2
    const localDecimal = language === 'en' ? '.' : ','
    if (repeated && !grouped) return null
    decimal = repeated || (grouped && separator !== localDecimal) ? null : separator
  }
  const group = decimal === '.' ? ',' : decimal === ',' ? '.' : /[.,]/g
  const plain = text.replaceAll(group instanceof RegExp ? group : group, '')
  const normal = decimal ? plain.replace(decimal, '.') : plain
  if (!/^\d*(\.\d*)?$/.test(normal)) return null
  const [whole = '', fraction = ''] = normal.split('.')
  const trimmed = fraction.replace(/0+$/, '')
  return `${whole.replace(/^0+(?=\d)/, '') || '0'}${trimmed ? `.${trimmed}` : ''}`
}

/** Micro-units of a decimal string, rounded down beyond six decimals. */
function toMicro(decimal: string): bigint {
  const [whole = '0', fraction = ''] = decimal.split('.')
  return BigInt(whole) * MICRO + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

/** What is wrong with a volume, or null. */
export function volumeProblem(decimal: string | null): 'missing' | 'digits' | 'range' | null {
  if (decimal === null) return 'missing'
  if ((decimal.split('.')[1] ?? '').length > 6) return 'digits'
  const micro = toMicro(decimal)
  return micro > 0n && micro <= BigInt(LARGEST_VOLUME_L) * MICRO ? null : 'range'
}
