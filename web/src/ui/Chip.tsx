import { clsx } from 'clsx'
import type { ReactNode } from 'react'

interface ChipProps {
  pressed: boolean
  onClick: () => void
  count?: ReactNode
  children: ReactNode
}

export function Chip({ pressed, onClick, count, children }: ChipProps) {
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onClick}
      className={clsx(
        'inline-flex min-h-8 shrink-0 items-center gap-1.5 rounded-full border px-3 text-sm font-medium transition-colors pointer-coarse:min-h-11',
        pressed
          ? 'border-brand bg-brand-soft text-brand-strong'
          : 'border-line bg-surface text-muted hover:bg-hover hover:text-text',
      )}
    >
      {children}
      {count !== undefined && <span className="tabular">{count}</span>}
    </button>
  )
}
