import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useMay } from '@/app/session'
import { tidy } from '@/lib/search'
import { Combobox } from '@/ui/Combobox'
import { scopesQuery, type Scope } from './queries'
import { periodsOf, periodWords, rayonsOf } from './scopes'

interface ScopeFieldsProps {
  scope: Scope
  /** What is shown while no period is chosen. */
  newest?: string | null | undefined
  /** Periods that can be chosen besides the billed ones. */
  others?: readonly string[] | undefined
  onChange: (next: Scope) => void
  /** What has no period of its own is narrowed by rayon only. */
  withPeriod?: boolean
}

/** Which billing period, which rayon. */
export default function ScopeFields({
  scope,
  newest,
  others,
  onChange,
  withPeriod = true,
}: ScopeFieldsProps) {
  const { t } = useLingui()
  const scopes = useQuery({ ...scopesQuery, enabled: useMay('kpi', 'r') })
  const { periods = [], rayons = [] } = scopes.data ?? {}
  return (
    <>
      {withPeriod && (
        <Combobox
          label={t`Periode`}
          placeholder={newest ? periodWords(newest) : t`Terbaru`}
          choices={periodsOf(periods, [scope.period, newest, ...(others ?? [])]).map(one => ({
            value: one,
            label: periodWords(one),
          }))}
          value={scope.period ?? null}
          onChange={next => onChange(tidy({ ...scope, period: next ?? undefined }))}
        />
      )}
      <Combobox
        label={t`Rayon`}
        placeholder={t`Semua rayon`}
        choices={rayonsOf(rayons, scope.rayon).map(one => ({ value: one, label: one }))}
        value={scope.rayon ?? null}
        onChange={next => onChange(tidy({ ...scope, rayon: next ?? undefined }))}
      />
    </>
  )
}
