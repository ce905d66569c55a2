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
const MeterLimitsDrawer = lazy(() => import('./MeterLimitsDrawer'))
const MeterTab = lazy(() => import('./MeterTab'))
const ThresholdsDrawer = lazy(() => import('./ThresholdsDrawer'))
const route = getRouteApi('/_app/thresholds')

export function ThresholdsPage() {
  const { t } = useLingui()
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const maySet = useMay('thresholds', 'c')
  const { tab } = search
  const stay = tab ? { tab } : {}
  const close = () => void navigate({ search: stay })
  const ofMeter = tab === 'meter'
  return (
    <Page
      title={t`Ambang batas`}
      lead={
        ofMeter ? (
          <Trans>Dengan apa setiap pembacaan meter dinilai, per golongan.</Trans>
        ) : (
          <Trans>Sejak berapa persen pemakaian menjadi WASPADA atau ANOMALI, dan di mana.</Trans>
        )
      }
      actions={
        maySet && (
          <Button
            look="primary"
            data-new
            icon={<SlidersHorizontal aria-hidden className="size-4" />}
            onClick={() => void navigate({ search: { ...stay, id: 'new' } })}
          >
            {ofMeter ? <Trans>Ubah batas meter</Trans> : <Trans>Ubah ambang batas</Trans>}
          </Button>
        )
      }
    >
      <Tabs
        label={t`Bagian`}
        value={tab ?? 'effective'}
        onChange={next => void navigate({ search: next === 'effective' ? {} : { tab: next }, replace: true })}
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
          {
            value: 'meter' as const,
            label: t`Meter`,
            content: (
              <Suspense fallback={<Skeleton />}>
                <MeterTab
                  onChange={({ usage_class, meter_size }) =>
                    void navigate({
                      search: {
                        ...stay,
                        id: 'new',
                        ...(usage_class && { class: usage_class }),
                        ...(meter_size && { size: meter_size }),
                      },
                    })
                  }
                />
              </Suspense>
            ),
          },
        ]}
      />
      <OnDemand wanted={search.id !== undefined && !ofMeter}>
        <ThresholdsDrawer open={search.id !== undefined && !ofMeter} onClose={close} />
      </OnDemand>
      <OnDemand wanted={search.id !== undefined && ofMeter}>
        <MeterLimitsDrawer
          open={search.id !== undefined && ofMeter}
          usageClass={search.class ?? ''}
          meterSize={search.size ?? ''}
          onClose={close}
        />
      </OnDemand>
    </Page>
  )
}
