/** A role and where it holds: the part that members, invitations and keys share. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useCatalogue } from '@/app/catalogue'
import { Select } from '@/ui/Select'
import { ROLES, type RoleWords } from '@/app/roles'

export interface Scope {
  role: string
  /** Null: everywhere. */
  location_ids: string[] | null
}

/** The scope inside a larger form. */
export function scopeOf(form: {
  watch: () => Scope
  setValue: (field: 'role' | 'location_ids', value: never) => void
  errorOf: (field: 'role' | 'location_ids') => string | undefined
}) {
  const { role, location_ids } = form.watch()
  return {
    scope: { role, location_ids },
    onChange: (next: Scope) => {
      form.setValue('role', next.role as never)
      form.setValue('location_ids', next.location_ids as never)
    },
    error: form.errorOf('role') ?? form.errorOf('location_ids'),
  }
}

interface RoleFieldsProps {
  scope: Scope
  onChange: (scope: Scope) => void
  roles: readonly string[]
  words?: Readonly<Record<string, RoleWords>>
  error?: string | undefined
}

export function RoleFields({ scope, onChange, roles, words = ROLES, error }: RoleFieldsProps) {
  const { t, i18n } = useLingui()
  const { locations } = useCatalogue()
  const chosen = new Set(scope.location_ids ?? [])
  const toggle = (id: string, on: boolean) =>
    onChange({
      ...scope,
      location_ids: on ? [...chosen, id] : [...chosen].filter(one => one !== id),
    })
  const meaning = words[scope.role]?.may
  return (
    <>
      <Select
        label={t`Peran`}
        hint={meaning && i18n._(meaning)}
        error={error}
        choices={[...new Set([...roles, scope.role])].map(role => {
          const name = words[role]?.name
          return { value: role, label: name ? i18n._(name) : role }
        })}
        value={scope.role}
        onChange={role => onChange({ ...scope, role })}
      />
      <fieldset className="flex flex-col">
        <legend className="mb-1 text-sm font-medium">
          <Trans>Berlaku di</Trans>
        </legend>
        <label className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
          <input
            type="checkbox"
            className="size-4 accent-brand"
            checked={scope.location_ids === null}
            onChange={event => onChange({ ...scope, location_ids: event.target.checked ? null : [] })}
          />
          <Trans>Semua lokasi</Trans>
        </label>
        {scope.location_ids !== null &&
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
      </fieldset>
    </>
  )
}
