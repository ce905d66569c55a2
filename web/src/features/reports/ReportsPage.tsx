import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense } from 'react'
import { useMay } from '@/app/session'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { MadeTab } from './MadeTab'

const SchedulesTab = lazy(() => import('./SchedulesTab'))
const route = getRouteApi('/_app/reports')

export function ReportsPage() {
  const { t } = useLingui()
  const { tab } = route.useSearch()
  const navigate = route.useNavigate()
  const mayMake = useMay('reports', 'c')
  const seesUse = useMay('fuel.transactions', 'r')
  return (
    <Page
      title={t`Laporan`}
      lead={
        <Trans>Laporan BBM bulanan dan mingguan: dibuat sekarang, atau dikirim sendiri lewat surel.</Trans>
      }
    >
      <Tabs
        label={t({ message: 'Bagian' })}
        value={tab ?? 'made'}
        onChange={next => void navigate({ search: next === 'made' ? {} : { tab: next }, replace: true })}
        tabs={[
          { value: 'made' as const, label: t`Laporan`, content: <MadeTab mayMake={mayMake && seesUse} /> },
          {
            value: 'schedules' as const,
            label: t`Jadwal`,
            content: (
              <Suspense fallback={<Skeleton />}>
                <SchedulesTab mayMake={mayMake && seesUse} />
              </Suspense>
            ),
          },
        ]}
      />
    </Page>
  )
}
