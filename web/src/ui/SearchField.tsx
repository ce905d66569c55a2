import { Search } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { CONTROL } from './Field'

const TYPING_MS = 250

interface SearchFieldProps {
  label: string
  value: string
  onChange: (next: string) => void
}

/** The search of a page, where `/` goes; it asks when typing pauses. */
export function SearchField({ label, value, onChange }: SearchFieldProps) {
  const [typed, setTyped] = useState(value)
  const asked = useRef(value)
  useEffect(() => {
    // What was asked for has arrived, and more may have been typed since.
    if (value === asked.current) return
    // Cleared or changed elsewhere: by "Hapus saringan", or by going back.
    asked.current = value
    setTyped(value)
  }, [value])
  useEffect(() => {
    if (typed === asked.current) return undefined
    const timer = setTimeout(() => {
      asked.current = typed
      onChange(typed)
    }, TYPING_MS)
    return () => clearTimeout(timer)
  })
  return (
    <div className="relative w-56 shrink-0 sm:w-72">
      <Search
        aria-hidden
        className="pointer-events-none absolute inset-y-0 left-3 my-auto size-4 text-muted"
      />
      <input
        type="search"
        data-search
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={event => setTyped(event.target.value)}
        className={`${CONTROL} pl-9`}
      />
    </div>
  )
}
