import type { ReactNode } from 'react'

interface OpenerProps {
  /** What its cell says is too little for a name; a card says everything. */
  name?: string
  id: string
  onOpen: () => void
  children: ReactNode
}

/** The button of a row: it covers the whole row. */
export function Opener({ name, id, onOpen, children }: OpenerProps) {
  return (
    <button
      type="button"
      data-row={id}
      aria-label={name}
      onClick={onOpen}
      className="block w-full truncate text-left print:whitespace-normal font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:rounded focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-brand"
    >
      {children}
    </button>
  )
}
