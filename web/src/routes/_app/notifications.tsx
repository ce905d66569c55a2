import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { NotificationsPage } from '@/features/notify/NotificationsPage'
import { CHANNELS, STATES } from '@/features/notify/words'
import { oneOf, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/notifications')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      tab: oneOf(search['tab'], ['settings', 'deliveries', 'webhooks']),
      show: oneOf(search['show'], ['unread']),
      channel: oneOf(search['channel'], CHANNELS),
      state: oneOf(search['state'], STATES),
    }),
  component: () => (
    <Guard to="/notifications">
      <NotificationsPage />
    </Guard>
  ),
})
