/** Who people are called, as far as whoever reads cases may know: those who may be given cases, by name. */
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import type { Choice } from '@/ui/Combobox'
import { usePeople } from '@/app/people'
import { useSession } from '@/app/session'
import { assigneesQuery } from './queries'

export function useNames(): (id: string) => string {
  const own = useSession().user.id
  const nameOf = usePeople()
  const { data } = useQuery(assigneesQuery)
  return useCallback(
    id => (id === own ? undefined : data?.find(one => one.id === id)?.name) ?? nameOf(id),
    [own, data, nameOf],
  )
}

/** Those who may be given cases, the reader first. */
export function useAssignees(): Choice[] {
  const { user } = useSession()
  const nameOf = usePeople()
  const { data } = useQuery(assigneesQuery)
  return (data ?? [])
    .map(({ id, name }) =>
      id === user.id ? { value: id, label: name, detail: nameOf(id) } : { value: id, label: name },
    )
    .toSorted(
      (a, b) => Number(b.value === user.id) - Number(a.value === user.id) || a.label.localeCompare(b.label),
    )
}
