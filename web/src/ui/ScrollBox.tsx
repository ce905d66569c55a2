import { clsx } from 'clsx'
import type { ReactNode } from 'react'

const LOOK = 'relative overflow-auto rounded border border-line print:max-h-none print:overflow-visible'

interface ScrollBoxProps {
  className?: string
  children: ReactNode
}

/** What may be wider or longer than its place; it can be reached, and scrolled, by keyboard. On paper it is whole. */
export function ScrollBox({ className, children }: ScrollBoxProps) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div tabIndex={0} role="group" className={clsx(LOOK, className)}>
      {children}
    </div>
  )
}
