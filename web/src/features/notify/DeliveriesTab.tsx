import { i18n as global } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { DeliveryRecord } from '@/api'
import { Listing, useSelection } from '@/app/Listing'
import { moment, number } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { FilterBar } from '@/ui/FilterBar'
import { Select } from '@/ui/Select'
import { Empty } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { deliveriesQuery } from './queries'
import { CHANNEL_WORDS, CHANNELS, KIND_WORDS, REASON_WORDS, STATE_WORDS, STATES } from './words'

const route = getRouteApi('/_app/notifications')
const ANY = 'any'

export default function DeliveriesTab() {
  const { t, i18n } = useLingui()
  const { channel, state } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useInfiniteQuery(deliveriesQuery({ ...(channel && { channel }), ...(state && { state }) }))
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const selection = useSelection()
  const change = (next: { channel?: typeof channel; state?: typeof state }) => {
    const asked = { channel, state, ...next }
    void navigate({
      search: {
        tab: 'deliveries',
        ...(asked.channel && { channel: asked.channel }),
        ...(asked.state && { state: asked.state }),
      },
      replace: true,
    })
  }
  const clear = () => void navigate({ search: { tab: 'deliveries' }, replace: true })
  const active = Number(channel !== undefined) + Number(state !== undefined)
  return (
    <div className="flex flex-col gap-3">
      <FilterBar active={active} onClear={clear}>
        <Select
          label={t`Saluran`}
          choices={[
            { value: ANY, label: t`Semua saluran` },
            ...CHANNELS.map(value => ({ value, label: i18n._(CHANNEL_WORDS[value]) })),
          ]}
          value={channel ?? ANY}
          onChange={value => change({ channel: value === ANY ? undefined : value })}
        />
        <Select
          label={t`Keadaan`}
          choices={[
            { value: ANY, label: t`Semua keadaan` },
            ...STATES.map(value => ({ value, label: i18n._(STATE_WORDS[value]) })),
          ]}
          value={state ?? ANY}
          onChange={value => change({ state: value === ANY ? undefined : value })}
        />
      </FilterBar>
      <Listing
        table="deliveries"
        label={t`Pengiriman`}
        list={list}
        failure={<Trans>Catatan pengiriman belum bisa dimuat.</Trans>}
        columns={columns}
        rows={rows}
        rowId={row => row.id}
        rowName={row => `${i18n._(CHANNEL_WORDS[row.channel])}, ${moment(row.created_at)}`}
        card={row => <DeliveryCard row={row} />}
        filtered={active > 0}
        onClear={clear}
        empty={
          <Empty title={<Trans>Belum ada yang dikirim.</Trans>}>
            <Trans>Setiap pesan keluar dicatat di sini, dengan apa jadinya dan alasannya bila gagal.</Trans>
          </Empty>
        }
        selection={selection}
      />
    </div>
  )
}

const TONES = {
  waiting: 'info',
  held: 'muted',
  sent: 'good',
  digested: 'good',
  failed: 'warning',
  skipped: 'muted',
} as const satisfies Record<DeliveryRecord['state'], string>

function StateTag({ row }: { row: DeliveryRecord }) {
  const { i18n } = useLingui()
  return <Tag tone={TONES[row.state]}>{i18n._(STATE_WORDS[row.state])}</Tag>
}

/** Why, and what the other side said; of what arrived there is nothing to explain. */
function reasonOf({ reason, detail, state }: DeliveryRecord): string {
  const words = reason ? (REASON_WORDS[reason] ? global._(REASON_WORDS[reason]) : reason) : ''
  return state === 'failed' || state === 'waiting' ? [words, detail].filter(Boolean).join(' ') : words
}

const columns: readonly Column<DeliveryRecord>[] = [
  {
    id: 'at',
    header: msg`Waktu`,
    text: row => row.created_at,
    cell: row => moment(row.created_at),
    meta: { width: '13rem' },
  },
  { id: 'channel', header: msg`Saluran`, text: row => global._(CHANNEL_WORDS[row.channel]) },
  { id: 'kind', header: msg`Isi`, text: row => global._(KIND_WORDS[row.kind]) },
  { id: 'to', header: msg`Kepada`, text: row => row.to },
  {
    id: 'state',
    header: msg`Keadaan`,
    text: row => global._(STATE_WORDS[row.state]),
    cell: row => <StateTag row={row} />,
    meta: { width: '12rem' },
  },
  { id: 'attempts', header: msg`Percobaan`, text: row => number(row.attempts), meta: { width: '7rem' } },
  { id: 'reason', header: msg`Alasan`, text: reasonOf },
]

function DeliveryCard({ row }: { row: DeliveryRecord }) {
  const { i18n } = useLingui()
  return (
    <span className="flex flex-col gap-1 text-sm">
      <span className="flex flex-wrap items-center gap-2">
        <span className="font-medium">{i18n._(CHANNEL_WORDS[row.channel])}</span>
        <StateTag row={row} />
      </span>
      <span>
        {i18n._(KIND_WORDS[row.kind])}
        {row.to && ` · ${row.to}`}
      </span>
      <span className="text-xs break-words text-muted">
        {moment(row.created_at)} {reasonOf(row)}
      </span>
    </span>
  )
}
