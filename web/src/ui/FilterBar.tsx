/** Filters above a list: chips in a line where there is room, one "Saring" sheet on phones. */
import { Trans } from '@lingui/react/macro'
import { SlidersHorizontal, X } from 'lucide-react'
import { lazy, Suspense, useState, type ReactNode } from 'react'
import { useWide } from '@/lib/media'
import { Button } from './Button'
import { OnDemand } from './OnDemand'

const FilterSheet = lazy(() => import('./FilterSheet'))

interface FilterBarProps {
  /** Quick choices that are always in sight. */
  chips?: ReactNode
  /** The fields themselves. */
  children?: ReactNode
  /** How many filters differ from the default. */
  active: number
  onClear: () => void
  /** At the far end: live state, counts. */
  aside?: ReactNode
}

export function FilterBar({ chips, children, active, onClear, aside }: FilterBarProps) {
  const wide = useWide()
  const [open, setOpen] = useState(false)
  const clear = active > 0 && (
    <Button look="quiet" icon={<X aria-hidden className="size-4" />} onClick={onClear}>
      <Trans>Hapus saringan</Trans>
    </Button>
  )
  return (
    <div className="flex flex-col gap-3 print:hidden">
      <div className="flex flex-wrap items-center gap-2">
        {/* On phones the chips are one line that scrolls sideways by itself. */}
        <div className="-mx-4 flex w-[calc(100%+2rem)] items-center gap-2 overflow-x-auto px-4 [scrollbar-width:none] md:mx-0 md:w-auto md:flex-wrap md:px-0">
          {chips}
        </div>
        {!wide && children && (
          <Button icon={<SlidersHorizontal aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
            {active > 0 ? <Trans>Saring ({active})</Trans> : <Trans>Saring</Trans>}
          </Button>
        )}
        {aside && <div className="ml-auto flex flex-wrap items-center gap-2">{aside}</div>}
      </div>
      {wide && children && (
        <div className="flex min-h-16 flex-wrap items-end gap-3">
          <Suspense>{children}</Suspense>
          {clear}
        </div>
      )}
      {!wide && children && (
        <OnDemand wanted={open}>
          <FilterSheet open={open} onClose={() => setOpen(false)} clear={clear}>
            {children}
          </FilterSheet>
        </OnDemand>
      )}
    </div>
  )
}
