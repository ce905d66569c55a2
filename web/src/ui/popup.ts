/** The look that menus, selects and comboboxes share. */
import { clsx } from 'clsx'

export const POPUP = clsx(
  'min-w-[var(--anchor-width)] max-w-[var(--available-width)] origin-[var(--transform-origin)] rounded-md border border-line bg-raised text-text shadow-pop outline-none',
  'transition-[scale,opacity] duration-100 data-ending-style:scale-98 data-ending-style:opacity-0 data-starting-style:scale-98 data-starting-style:opacity-0',
)
export const LIST =
  'max-h-[min(20rem,var(--available-height))] overflow-y-auto overscroll-contain p-1 outline-none data-empty:p-0'
export const ITEM =
  'grid min-h-9 cursor-default grid-cols-[1rem_1fr] items-center gap-2 rounded px-2 py-1 text-sm outline-none select-none data-highlighted:bg-hover pointer-coarse:min-h-11'
