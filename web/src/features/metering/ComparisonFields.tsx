import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { tidy } from '@/lib/search'
import { Combobox } from '@/ui/Combobox'
import { scopesQuery, type Span } from './queries'
import { comparable, periodsOf, periodWords, rayonsOf } from './scopes'

interface ComparisonFieldsProps {
  span: Span
  /** What is compared while nothing is chosen. */
  shown: { first: string | undefined; last: string | undefined }
  onChange: (next: Span) => void
}

/** From which period to which, and which rayon. */
export default function ComparisonFields({ span, shown, onChange }: ComparisonFieldsProps) {
  const { t } = useLingui()
  const scopes = useQuery(scopesQuery)
  const { periods = [], rayons = [] } = scopes.data ?? {}
  const { from, to } = span
  const choices = periodsOf(periods, [from, to]).map(value => ({ value, label: periodWords(value) }))
  return (
    <>
      <Combobox
        label={t`Dari periode`}
        placeholder={shown.first ? periodWords(shown.first) : t`Dua belas terakhir`}
        choices={choices.filter(one => comparable(one.value, to ?? periods[0]))}
        value={from ?? null}
        onChange={next => onChange(tidy({ ...span, from: next ?? undefined }))}
      />
      <Combobox
        label={t`Sampai periode`}
        placeholder={shown.last ? periodWords(shown.last) : t`Terbaru`}
        choices={choices.filter(one => comparable(from, one.value))}
        value={to ?? null}
        onChange={next => onChange(tidy({ ...span, to: next ?? undefined }))}
      />
      <Combobox
        label={t`Rayon`}
        placeholder={t`Semua rayon`}
        choices={rayonsOf(rayons, span.rayon).map(one => ({ value: one, label: one }))}
        value={span.rayon ?? null}
        onChange={next => onChange(tidy({ ...span, rayon: next ?? undefined }))}
      />
    </>
  )
}
