import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { VersionOut } from '@/api'
import { Listing, useSelection } from '@/app/Listing'
import { useCatalogue, type Catalogue } from '@/app/catalogue'
import { moment } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { Empty } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { versionsQuery } from './queries'
import { bound, PROFILES, STATES, TONES } from './words'

export default function VersionsTab() {
  const { t } = useLingui()
  const list = useInfiniteQuery(versionsQuery)
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const selection = useSelection()
  const { locationOf } = useCatalogue()
  const columns = useMemo(() => columnsOf(locationOf), [locationOf])
  return (
    <Listing
      table="versions"
      label={t`Riwayat ambang batas`}
      list={list}
      columns={columns}
      rows={rows}
      rowId={row => row.id}
      rowName={row => `${place(row)}, ${begins(row, locationOf)}`}
      card={row => <VersionCard version={row} from={begins(row, locationOf)} />}
      filtered={false}
      onClear={() => undefined}
      empty={
        <Empty title={<Trans>Belum ada yang diubah.</Trans>}>
          <Trans>Semua catatan dinilai dengan ambang bawaan: WASPADA mulai 120%, ANOMALI di atas 150%.</Trans>
        </Empty>
      }
      selection={selection}
    />
  )
}

function place({ location, product }: VersionOut): string {
  const where = location?.name ?? i18n._(msg`Semua lokasi`)
  return `${where} · ${product?.name ?? i18n._(msg`Semua produk`)}`
}

/** When it began or begins, by the clocks of its location; of the home zone where it holds for many. */
function begins({ valid_from, location }: VersionOut, locationOf: Catalogue['locationOf']): string {
  return moment(valid_from, locationOf.get(location?.id ?? '')?.timezone)
}

function content({ thresholds }: VersionOut): string {
  if (!thresholds) return i18n._(msg`Ikut cakupan yang lebih luas`)
  const parts = [bound(thresholds.waspada_pct), bound(thresholds.anomali_pct)].join(' / ')
  const low = thresholds.low_pct === null ? '' : ` · < ${bound(thresholds.low_pct)}`
  return `${parts}${low} · ${i18n._(PROFILES[thresholds.profile])}`
}

function columnsOf(locationOf: Catalogue['locationOf']): readonly Column<VersionOut>[] {
  return [
    {
      id: 'from',
      header: msg`Berlaku mulai`,
      text: row => row.valid_from,
      cell: row => begins(row, locationOf),
      meta: { width: '15rem' },
    },
    { id: 'place', header: msg`Untuk`, text: place },
    { id: 'content', header: msg`Isi`, text: content },
    {
      id: 'state',
      header: msg`Keadaan`,
      text: row => i18n._(STATES[row.state]),
      cell: row => <Tag tone={TONES[row.state]}>{i18n._(STATES[row.state])}</Tag>,
      meta: { width: '11rem' },
    },
  ]
}

function VersionCard({ version, from }: { version: VersionOut; from: string }) {
  return (
    <span className="flex flex-col gap-0.5 text-sm">
      <span className="flex items-center justify-between gap-2">
        <span className="font-medium">{place(version)}</span>
        {version.state !== 'planned' && (
          <Tag tone={TONES[version.state]}>{i18n._(STATES[version.state])}</Tag>
        )}
      </span>
      <span>{content(version)}</span>
      {version.state === 'planned' ? (
        <Tag tone="info">
          <Trans>Direncanakan mulai {from}</Trans>
        </Tag>
      ) : (
        <span className="text-xs text-muted">{from}</span>
      )}
    </span>
  )
}
