/** What an organisation does, told by what it keeps: customers of water, fuels. */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { listCustomers, listProducts, type MeOut } from '@/api'
import { keptWhileAway, lastKept } from '@/lib/kept'
import { queries } from './client'
import { may, useSession } from './session'

export interface Uses {
  fuel: boolean
  water: boolean
}

const NOTHING_YET: Uses = { fuel: false, water: false }

/** Only who may see the rooms of both needs it. What was known last holds at once, so that no bar jumps. */
function usesQuery(session: MeOut) {
  const name = `${session.organisation.id}.uses`
  return queryOptions({
    queryKey: [{ _id: 'uses', of: session.organisation.id }],
    queryFn: ({ signal }) =>
      keptWhileAway<Uses>(name, async () => {
        const [customers, fuels] = await Promise.all([
          listCustomers({ query: { limit: 1 }, signal }),
          listProducts({ query: { limit: 1, kind: 'fuel' }, signal }),
        ])
        return { fuel: fuels.data.items.length > 0, water: customers.data.items.length > 0 }
      }),
    enabled: may(session, 'customers', 'r') && may(session, 'products', 'r'),
    initialData: () => lastKept(name) as Uses | undefined,
    initialDataUpdatedAt: 0,
    staleTime: 5 * 60_000,
    retry: false,
  })
}

/** What the session's organisation does; nothing, as long as that is not known. */
export function useUses(): Uses {
  return useQuery(usesQuery(useSession())).data ?? NOTHING_YET
}

export async function usesOf(session: MeOut): Promise<Uses> {
  const query = usesQuery(session)
  if (!query.enabled) return NOTHING_YET
  return queries.ensureQueryData(query).catch(() => NOTHING_YET)
}
