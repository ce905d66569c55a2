/** Where something holds: everywhere, or at these locations. */
import { Trans } from '@lingui/react/macro'
import type { ReactNode } from 'react'
import { useCatalogue } from './catalogue'

interface ScopeFieldProps {
  legend: ReactNode
  /** Null: everywhere. */
  ids: readonly string[] | null
  onChange: (ids: string[] | null) => void
  error?: string | undefined
}

export function ScopeField({ legend, ids, onChange, error }: ScopeFieldProps) {
  const { locations } = useCatalogue()
  const chosen = new Set(ids ?? [])
  const toggle = (id: string, on: boolean) =>
    onChange(on ? [...chosen, id] : [...chosen].filter(one => one !== id))
  return (
    <fieldset className="flex flex-col">
      <legend className="mb-1 text-sm font-medium">{legend}</legend>
      <label className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
        <input
          type="checkbox"
          className="size-4 accent-brand"
          checked={ids === null}
          onChange={event => onChange(event.target.checked ? null : [])}
        />
        <Trans>Semua lokasi</Trans>
      </label>
      {ids !== null &&
        locations.map(one => (
          <label
            key={one.id}
            className="flex min-h-9 items-center gap-2.5 pl-6 text-sm pointer-coarse:min-h-11"
          >
            <input
              type="checkbox"
              className="size-4 accent-brand"
              checked={chosen.has(one.id)}
              onChange={event => toggle(one.id, event.target.checked)}
            />
            {one.name}
          </label>
        ))}
      {error && (
        <p role="alert" className="text-xs text-anomali">
          {error}
        </p>
      )}
    </fieldset>
  )
}
