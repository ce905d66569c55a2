import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Effective } from '@/api'
import { Listing, useSelection } from '@/app/Listing'
import { decimal } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { Empty } from '@/ui/States'
import { effectiveQuery } from './queries'
import { bound, PROFILES, SCOPES } from './words'

export function EffectiveTab() {
  const { t } = useLingui()
  const list = useInfiniteQuery(effectiveQuery)
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const selection = useSelection()
  return (
    <Listing
      table="thresholds"
      label={t`Berlaku sekarang`}
      list={list}
      columns={columns}
      rows={rows}
      rowId={row => `${row.location.id} ${row.product.id}`}
      rowName={row => `${row.location.name}, ${row.product.name}`}
      card={row => <EffectiveCard row={row} />}
      filtered={false}
      onClear={() => undefined}
      empty={
        <Empty title={<Trans>Belum ada lokasi dan produk.</Trans>}>
          <Trans>Ambang batas berlaku per lokasi dan produk. Tambahkan keduanya lebih dulu.</Trans>
        </Empty>
      }
      selection={selection}
    />
  )
}

const columns: readonly Column<Effective>[] = [
  { id: 'location', header: msg`Lokasi`, text: row => row.location.name, meta: { width: '14rem' } },
  { id: 'product', header: msg`Produk`, text: row => row.product.name },
  {
    id: 'waspada',
    header: msg`Waspada mulai`,
    unit: '%',
    text: row => decimal(row.thresholds.waspada_pct),
    cell: row => bound(row.thresholds.waspada_pct),
    meta: { numeric: true, width: '8rem' },
  },
  {
    id: 'anomali',
    header: msg`Anomali di atas`,
    unit: '%',
    text: row => decimal(row.thresholds.anomali_pct),
    cell: row => bound(row.thresholds.anomali_pct),
    meta: { numeric: true, width: '8rem' },
  },
  {
    id: 'low',
    header: msg`Rendah di bawah`,
    unit: '%',
    text: row => decimal(row.thresholds.low_pct),
    cell: row => bound(row.thresholds.low_pct),
    meta: { numeric: true, width: '8rem' },
  },
  {
    id: 'needed',
    header: msg`Catatan minimal`,
    text: row => String(row.thresholds.facts_needed),
    meta: { numeric: true, width: '8rem' },
  },
  { id: 'profile', header: msg`Pembanding`, text: row => i18n._(PROFILES[row.thresholds.profile]) },
  { id: 'scope', header: msg`Ditetapkan untuk`, text: row => i18n._(SCOPES[row.scope]) },
]

function EffectiveCard({ row }: { row: Effective }) {
  const { thresholds } = row
  const waspada = bound(thresholds.waspada_pct)
  const anomali = bound(thresholds.anomali_pct)
  return (
    <span className="flex flex-col gap-0.5 text-sm">
      <span className="font-medium">
        {row.location.name} · {row.product.name}
      </span>
      <span>
        <Trans>
          Waspada mulai {waspada}, anomali di atas {anomali}
        </Trans>
      </span>
      <span className="text-xs text-muted">
        {i18n._(PROFILES[thresholds.profile])} · {i18n._(SCOPES[row.scope])}
      </span>
    </span>
  )
}
