import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi } from '@tanstack/react-router'
import { SlidersHorizontal } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useMay } from '@/app/session'
import { Button } from '@/ui/Button'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/States'
import { Tabs } from '@/ui/Tabs'
import { EffectiveTab } from './EffectiveTab'

const VersionsTab = lazy(() => import('./VersionsTab'))
const ThresholdsDrawer = lazy(() => import('./ThresholdsDrawer'))
const route = getRouteApi('/_app/thresholds')

export function ThresholdsPage() {
  const { t } = useLingui()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const maySet = useMay('thresholds', 'c')
  const { tab } = search
  const stay = tab ? { tab } : {}
  return (
    <Page
      title={t`Ambang batas`}
      lead={<Trans>Sejak berapa persen pemakaian menjadi WASPADA atau ANOMALI, dan di mana.</Trans>}
      actions={
        maySet && (
          <Button
            look="primary"
            data-new
            icon={<SlidersHorizontal aria-hidden className="size-4" />}
            onClick={() => void navigate({ search: { ...stay, id: 'new' } })}
          >
            <Trans>Ubah ambang batas</Trans>
          </Button>
        )
      }
    >
      <Tabs
        label={t`Bagian`}
        value={tab ?? 'effective'}
        onChange={next => void navigate({ search: next === 'versions' ? { tab: next } : {}, replace: true })}
        tabs={[
          { value: 'effective' as const, label: t`Berlaku sekarang`, content: <EffectiveTab /> },
          {
            value: 'versions' as const,
            label: t`Riwayat`,
            content: (
              <Suspense fallback={<Skeleton />}>
                <VersionsTab />
              </Suspense>
            ),
          },
        ]}
      />
      <OnDemand wanted={search.id !== undefined}>
        <ThresholdsDrawer open={search.id !== undefined} onClose={() => void navigate({ search: stay })} />
      </OnDemand>
    </Page>
  )
}
