import { Trans, useLingui } from '@lingui/react/macro'
import { Link, useRouter, type ErrorComponentProps } from '@tanstack/react-router'
import { MapPinOff } from 'lucide-react'
import { buttonLook } from '@/ui/Button'
import { Page } from '@/ui/Page'
import { Empty, Failed } from '@/ui/States'

/** No page lives at this address. */
export function Lost() {
  const { t } = useLingui()
  return (
    <main className="min-h-dvh bg-surface">
      <Page title={t`Halaman tidak ditemukan`} narrow>
        <Empty
          icon={<MapPinOff aria-hidden />}
          title={<Trans>Tidak ada halaman di alamat ini.</Trans>}
          action={
            <Link to="/" className={buttonLook('primary')}>
              <Trans>Ke Beranda</Trans>
            </Link>
          }
        />
      </Page>
    </main>
  )
}

export function Broken({ error }: ErrorComponentProps) {
  const { t } = useLingui()
  const router = useRouter()
  return (
    <main className="min-h-dvh bg-surface">
      <Page title={t`Halaman belum bisa dibuka`} narrow>
        <Failed
          what={<Trans>Halaman ini belum bisa dibuka.</Trans>}
          error={error}
          onRetry={() => void router.invalidate()}
        />
      </Page>
    </main>
  )
}
