import { useLingui } from '@lingui/react/macro'
import { narrowed } from '@/app/narrowing'
import NarrowingFields from '@/app/NarrowingFields'
import { Select } from '@/ui/Select'
import { severityWord } from '@/ui/StatusBadge'
import type { Filters } from './queries'

const ANY = 'any'

/** Which incidents: how severe, where, of what, when. */
export default function FilterFields({
  filters,
  onChange,
}: {
  filters: Filters
  onChange: (filters: Filters) => void
}) {
  const { t, i18n } = useLingui()
  const { severity, ...rest } = filters
  return (
    <>
      <Select
        label={t`Tingkat`}
        choices={[
          { value: ANY, label: t`Semua tingkat` },
          ...(['critical', 'warning', 'info'] as const).map(one => ({
            value: one,
            label: i18n._(severityWord(one)),
          })),
        ]}
        value={severity ?? ANY}
        onChange={next => onChange(next === ANY ? rest : { ...rest, severity: next })}
      />
      <NarrowingFields value={filters} onChange={(name, value) => onChange(narrowed(filters, name, value))} />
    </>
  )
}
