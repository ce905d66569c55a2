import { Trans, useLingui } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { SearchField } from '@/ui/SearchField'
import type { Filters } from './catalogue'

/** Search by name or code, and choose between active and inactive ones. */
interface SearchBarProps {
  filters: Filters
  onChange: (filters: Filters) => void
  aside: ReactNode
}

export function SearchBar({ filters, onChange, aside }: SearchBarProps) {
  const { t } = useLingui()
  const { q = '', active, ...rest } = filters
  const choose = (next: Filters['active']) => onChange({ ...(q && { q }), ...(next && { active: next }) })
  return (
    <FilterBar
      active={0}
      aside={aside}
      onClear={() => onChange({})}
      chips={
        <>
          <SearchField
            label={t`Cari nama atau kode`}
            value={q}
            onChange={typed => onChange({ ...rest, ...(active && { active }), ...(typed && { q: typed }) })}
          />
          <Chip pressed={active === undefined} onClick={() => choose(undefined)}>
            <Trans>Aktif</Trans>
          </Chip>
          <Chip pressed={active === 'no'} onClick={() => choose('no')}>
            <Trans>Nonaktif</Trans>
          </Chip>
          <Chip pressed={active === 'all'} onClick={() => choose('all')}>
            <Trans>Semua</Trans>
          </Chip>
        </>
      }
    />
  )
}
