import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { getNotificationPreferences, listDeliveries, listNotifications, listWebhooks } from '@/api'
import type { ChannelName, DeliveryState } from './words'

const PAGE = 50

export function notificationsQuery(unread: boolean) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listNotifications', unread }],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE, unread, ...(pageParam && { cursor: pageParam }) }
      return (await listNotifications({ query, signal })).data
    },
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
}

/** The preferences with the version that was seen, so that nobody overwrites what they have not seen. */
export const preferencesQuery = queryOptions({
  queryKey: [{ _id: 'getNotificationPreferences' }],
  queryFn: async ({ signal }) => {
    const { data, response } = await getNotificationPreferences({ signal })
    return { prefs: data, seen: response.headers.get('ETag') ?? '*' }
  },
})

export interface DeliveryFilters {
  channel?: ChannelName
  state?: DeliveryState
}

export function deliveriesQuery({ channel, state }: DeliveryFilters) {
  return infiniteQueryOptions({
    queryKey: [{ _id: 'listDeliveries', channel, state }],
    queryFn: async ({ pageParam, signal }) => {
      const query = {
        limit: PAGE,
        ...(channel && { channel }),
        ...(state && { state: [state] }),
        ...(pageParam && { cursor: pageParam }),
      }
      return (await listDeliveries({ query, signal })).data
    },
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
}

export const webhooksQuery = queryOptions({
  queryKey: [{ _id: 'listWebhooks' }],
  queryFn: async ({ signal }) => (await listWebhooks({ query: { limit: 100 }, signal })).data.items,
})
