/** Who is signed in, and what they may do. */
import { useSuspenseQuery, queryOptions } from '@tanstack/react-query'
import { useEffect } from 'react'
import { changeMe, me, openSession, type MeOut } from '@/api'
import { KEPT, keptWhileAway, lastKept } from '@/lib/kept'
import { queries } from './client'
import { speak, type Language } from './language'

export type Action = 'c' | 'r' | 'u' | 'd'

export const meQuery = queryOptions({
  queryKey: [{ _id: 'me' }],
  queryFn: ({ signal }) => keptWhileAway('me', async () => (await me({ signal })).data),
  staleTime: 5 * 60_000,
  // Columns and views may have been chosen in another tab or on another device.
  refetchOnWindowFocus: 'always',
  retry: false,
})

export function useSession(): MeOut {
  return useSuspenseQuery(meQuery).data
}

/** Whether the session's roles allow an action; the server decides again, this only spares dead ends. */
export function may(session: Pick<MeOut, 'permissions'>, resource: string, action: Action): boolean {
  const { permissions } = session
  return [permissions[resource], permissions['*']].some(
    actions => actions !== undefined && (actions === '*' || actions.includes(action)),
  )
}

/** The name under which something typed is kept: one organisation never sees another's. */
export function useDraftName(name: string): string {
  return `${useSession().organisation.id}.${name}`
}

export function useMay(resource: string, action: Action): boolean {
  return may(useSession(), resource, action)
}

export async function signIn(email: string, password: string): Promise<void> {
  await openSession({ body: { email, password } })
  queries.clear()
  await queries.fetchQuery(meQuery)
}

/** Start anew once another tab signs out, signs in as somebody else or goes to another organisation. */
export function useSameSession(): void {
  const { user, organisation } = useSession()
  useEffect(() => {
    const compare = ({ key }: StorageEvent) => {
      if (key !== `${KEPT}me`) return
      const now = lastKept('me') as MeOut | undefined
      if (now?.user.id !== user.id || now.organisation.id !== organisation.id) location.assign('/app/')
    }
    addEventListener('storage', compare)
    return () => removeEventListener('storage', compare)
  }, [user.id, organisation.id])
}

/** Speak a language here at once, and remember it for mails and other browsers. */
export async function chooseLanguage(language: Language): Promise<void> {
  await speak(language)
  // Offline, the choice holds in this browser only.
  await changeMe({ body: { language } }).catch(() => undefined)
}
