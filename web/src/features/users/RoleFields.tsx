/** A role and where it holds: the part that members, invitations and keys share. */
import { Trans, useLingui } from '@lingui/react/macro'
import { ScopeField } from '@/app/ScopeField'
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
      <ScopeField
        legend={<Trans>Berlaku di</Trans>}
        ids={scope.location_ids}
        onChange={location_ids => onChange({ ...scope, location_ids })}
      />
    </>
  )
}
