import { useLingui } from '@lingui/react/macro'
import { number } from '@/lib/format'
import { LARGEST_VOLUME_L, parseDecimal, volumeProblem } from '@/lib/quantity'

/** Say what is wrong with a typed volume, in words; undefined when nothing is. */
export function useVolumeWords(): (typed: string) => string | undefined {
  const { t, i18n } = useLingui()
  return typed => {
    if (typed.trim() === '') return t`Isi volume.`
    const wrong = volumeProblem(parseDecimal(typed, i18n.locale))
    const largest = number(LARGEST_VOLUME_L)
    if (wrong === 'missing') return t`Tulis volume sebagai angka, misalnya 520.`
    if (wrong === 'digits') return t`Paling banyak 6 angka di belakang koma.`
    if (wrong === 'range') return t`Volume harus lebih dari 0 dan paling banyak ${largest} L.`
    return undefined
  }
}
