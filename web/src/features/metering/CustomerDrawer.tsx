import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { HandCoins, Pencil } from 'lucide-react'
import { lazy, useState } from 'react'
import type { CustomerDetail } from '@/api'
import { useMay } from '@/app/session'
import { Button, buttonLook } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { OnDemand } from '@/ui/OnDemand'
import { Failed, Skeleton } from '@/ui/States'
import { CustomerFacts } from './CustomerFacts'
import { AsOf } from './parts'
import { customerQuery, timelineQuery } from './queries'
import { Timeline } from './Timeline'

const CustomerDialog = lazy(() => import('./CustomerDialog'))
const PaymentDialog = lazy(() => import('./PaymentDialog'))

/** One customer: what the books say now, and everything that happened on one time line. */
export default function CustomerDrawer({
  nomen,
  onClose,
}: {
  nomen: string | undefined
  onClose: () => void
}) {
  const { t } = useLingui()
  const detail = useQuery({ ...customerQuery(nomen ?? ''), enabled: nomen !== undefined })
  const customer = detail.data
  const seesMeter = useMay('anomalies', 'r')
  return (
    <Drawer
      open={nomen !== undefined}
      onClose={onClose}
      title={customer?.name || t({ message: 'Pelanggan', context: 'satu' })}
      description={nomen}
    >
      {customer ? (
        <div className="flex flex-col gap-5">
          <CustomerFacts customer={customer} />
          <span className="flex flex-wrap gap-2">
            {seesMeter && (
              <Link to="/meter" search={{ id: customer.nomen }} className={buttonLook('secondary')}>
                <Trans>Lihat penilaian meternya</Trans>
              </Link>
            )}
            <Change key={customer.nomen} customer={customer} />
            <Pay nomen={customer.nomen} />
          </span>
          <Happened key={customer.nomen} nomen={customer.nomen} />
        </div>
      ) : detail.isError ? (
        <Failed
          what={<Trans>Pelanggan ini belum bisa dimuat.</Trans>}
          error={detail.error}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <Skeleton lines={7} />
      )}
    </Drawer>
  )
}

/** The way to change what is said of a customer, or to say it first, for those who may. */
function Change({ customer }: { customer: CustomerDetail }) {
  const [open, setOpen] = useState(false)
  const isKnown = customer.version > 0
  const may = useMay('customers', isKnown ? 'u' : 'c')
  const close = () => setOpen(false)
  if (!may) return null
  return (
    <>
      <Button icon={<Pencil aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        {isKnown ? <Trans>Ubah data</Trans> : <Trans>Lengkapi data</Trans>}
      </Button>
      <OnDemand wanted={open}>
        <CustomerDialog open={open} customer={customer} onClose={close} onDone={close} />
      </OnDemand>
    </>
  )
}

/** The way to enter what they paid at the counter, for those who may. */
function Pay({ nomen }: { nomen: string }) {
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  if (!useMay('collections', 'c')) return null
  return (
    <>
      <Button icon={<HandCoins aria-hidden className="size-4" />} onClick={() => setOpen(true)}>
        <Trans>Catat pembayaran</Trans>
      </Button>
      <OnDemand wanted={open}>
        <PaymentDialog open={open} nomen={nomen} onClose={close} />
      </OnDemand>
    </>
  )
}

function Happened({ nomen }: { nomen: string }) {
  const line = useInfiniteQuery(timelineQuery(nomen))
  const items = (line.data?.pages ?? []).flatMap(page => page.items)
  return (
    <section className="flex flex-col gap-2">
      <span className="flex flex-wrap items-baseline justify-between gap-x-3">
        <h3 className="text-sm font-semibold">
          <Trans>Garis waktu</Trans>
        </h3>
        <AsOf at={line.data?.pages[0]?.data_as_of} />
      </span>
      {line.isPending ? (
        <Skeleton lines={5} />
      ) : line.data === undefined ? (
        <Failed
          what={<Trans>Garis waktu belum bisa dimuat.</Trans>}
          error={line.error}
          onRetry={() => void line.refetch()}
        />
      ) : items.length === 0 ? (
        <p className="text-sm text-muted">
          <Trans>Belum ada pembacaan, tagihan, atau pembayaran.</Trans>
        </p>
      ) : (
        <>
          <Timeline items={items} />
          {line.hasNextPage && (
            <Button busy={line.isFetchingNextPage} onClick={() => void line.fetchNextPage()}>
              <Trans>Muat yang lebih lama</Trans>
            </Button>
          )}
        </>
      )}
    </section>
  )
}
