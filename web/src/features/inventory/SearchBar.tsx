import { Trans, useLingui } from '@lingui/react/macro'
import { Search } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { CONTROL } from '@/ui/Field'
import type { Filters } from './catalogue'

const TYPING_MS = 250

/** Search by name or code, and choose between active and inactive ones. */
interface SearchBarProps {
  filters: Filters
  onChange: (filters: Filters) => void
  aside: ReactNode
}

export function SearchBar({ filters, onChange, aside }: SearchBarProps) {
  const { t } = useLingui()
  const { q = '', active, ...rest } = filters
  const [typed, setTyped] = useState(q)
  useEffect(() => {
    if (typed === q) return undefined
    const timer = setTimeout(
      () => onChange({ ...rest, ...(active && { active }), ...(typed && { q: typed }) }),
      TYPING_MS,
    )
    return () => clearTimeout(timer)
  })
  const choose = (next: Filters['active']) => onChange({ ...(q && { q }), ...(next && { active: next }) })
  return (
    <FilterBar
      active={0}
      aside={aside}
      onClear={() => onChange({})}
      chips={
        <>
          <div className="relative w-56 shrink-0 sm:w-72">
            <Search
              aria-hidden
              className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted"
            />
            <input
              type="search"
              data-search
              aria-label={t`Cari nama atau kode`}
              placeholder={t`Cari nama atau kode`}
              value={typed}
              onChange={event => setTyped(event.target.value)}
              className={`${CONTROL} pl-9`}
            />
          </div>
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
