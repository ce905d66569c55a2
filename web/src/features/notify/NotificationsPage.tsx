import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, type ReactNode } from 'react'
import { useMay } from '@/app/session'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { InboxTab } from './InboxTab'

const DeliveriesTab = lazy(() => import('./DeliveriesTab'))
const SettingsTab = lazy(() => import('./SettingsTab'))
const WebhooksTab = lazy(() => import('./WebhooksTab'))
const route = getRouteApi('/_app/notifications')

export function NotificationsPage() {
  const { t } = useLingui()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const seesWebhooks = useMay('webhooks', 'r')
  return (
    <Page
      title={t`Notifikasi`}
      lead={<Trans>Apa yang perlu Anda ketahui, dan lewat mana Anda diberi tahu.</Trans>}
    >
      <Tabs
        label={t`Bagian`}
        value={tab ?? 'inbox'}
        onChange={next => void navigate({ search: next === 'inbox' ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: 'inbox' as const, label: t`Kotak masuk`, content: <InboxTab /> },
          { value: 'settings' as const, label: t`Pengaturan`, content: fetched(<SettingsTab />) },
          { value: 'deliveries' as const, label: t`Pengiriman`, content: fetched(<DeliveriesTab />) },
          ...(seesWebhooks
            ? [{ value: 'webhooks' as const, label: t`Webhook`, content: fetched(<WebhooksTab />) }]
            : []),
        ]}
      />
    </Page>
  )
}

function fetched(content: ReactNode) {
  return <Suspense fallback={<Skeleton />}>{content}</Suspense>
}
