import { useLingui } from '@lingui/react'
import { MACHINES, ROLES } from './roles'

export function RoleName({ role }: { role: string }) {
  const { i18n } = useLingui()
  const words = ROLES[role] ?? MACHINES[role]
  return words ? i18n._(words.name) : role
}
