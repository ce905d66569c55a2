/** Who a person id is, as far as the reader may know. */
import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { useQuery } from '@tanstack/react-query'
import { useCallback } from 'react'
import { listUsers } from '@/api'
import { useMay, useSession } from './session'

const MOST = 500

/** Return how people are called: "Anda", by name for those who may read members, otherwise "rekan Anda". */
export function usePeople(): (id: string) => string {
  const own = useSession().user.id
  const mayRead = useMay('users', 'r')
  const { data } = useQuery({
    queryKey: [{ _id: 'listUsers', most: MOST }],
    queryFn: async ({ signal }) => (await listUsers({ query: { limit: MOST }, signal })).data.items,
    enabled: mayRead,
  })
  return useCallback(
    id =>
      id === own ? i18n._(msg`Anda`) : (data?.find(one => one.id === id)?.name ?? i18n._(msg`rekan Anda`)),
    [own, data],
  )
}
