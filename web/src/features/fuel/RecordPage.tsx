import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link } from '@tanstack/react-router'
import { Warehouse } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { useCatalogue } from '@/app/catalogue'
import { useMay } from '@/app/session'
import { buttonLook } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import { Page } from '@/ui/Page'
import { Empty, Failed, Skeleton } from '@/ui/States'
const loadForm = () => import('./RecordOne')
const RecordOne = lazy(loadForm)
// On its way while the page says what it is and the places are fetched.
void loadForm().catch(() => undefined)
const PasteMany = lazy(() => import('./PasteMany'))
const route = getRouteApi('/_app/fuel/new')

export function RecordPage() {
  const { t } = useLingui()
  const { way } = route.useSearch()
  const navigate = route.useNavigate()
  const catalogue = useCatalogue()
  const known = catalogue.locations.length > 0 && catalogue.products.some(one => one.kind === 'fuel')
  return (
    <Page
      narrow
      title={t`Catat BBM`}
      lead={<Trans>Pemakaian BBM di satu lokasi. Penilaian muncul begitu tercatat.</Trans>}
    >
      {catalogue.isPending ? (
        <Skeleton lines={5} />
      ) : catalogue.error && !known ? (
        <Failed
          what={<Trans>Daftar lokasi dan produk belum bisa dimuat.</Trans>}
          error={catalogue.error}
          onRetry={catalogue.retry}
        />
      ) : known ? (
        <>
          <div role="group" aria-label={t`Cara mencatat`} className="flex gap-2">
            <Chip pressed={way === undefined} onClick={() => void navigate({ search: {}, replace: true })}>
              <Trans>Satu catatan</Trans>
            </Chip>
            <Chip
              pressed={way === 'many'}
              onClick={() => void navigate({ search: { way: 'many' }, replace: true })}
            >
              <Trans>Tempel banyak</Trans>
            </Chip>
          </div>
          <Suspense fallback={<Skeleton lines={5} />}>
            {way === 'many' ? <PasteMany catalogue={catalogue} /> : <RecordOne catalogue={catalogue} />}
          </Suspense>
        </>
      ) : (
        <Nothing hasLocation={catalogue.locations.length > 0} />
      )}
    </Page>
  )
}

function Nothing({ hasLocation }: { hasLocation: boolean }) {
  const mayLocate = useMay('locations', 'c')
  const mayStock = useMay('products', 'c')
  return (
    <Empty
      icon={<Warehouse aria-hidden />}
      title={<Trans>Belum ada lokasi atau produk BBM.</Trans>}
      action={
        !hasLocation && mayLocate ? (
          <Link to="/locations" search={{ id: 'new' }} className={buttonLook('primary')}>
            <Trans>Tambah lokasi</Trans>
          </Link>
        ) : (
          mayStock && (
            <Link to="/products" search={{ id: 'new' }} className={buttonLook('primary')}>
              <Trans>Tambah produk</Trans>
            </Link>
          )
        )
      }
    >
      <Trans>Catatan BBM menyebut lokasi dan produknya, jadi keduanya dibuat lebih dulu.</Trans>
    </Empty>
  )
}
