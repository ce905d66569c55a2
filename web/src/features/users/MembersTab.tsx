import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { keepPreviousData } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { UserPlus } from 'lucide-react'
import { lazy, useMemo } from 'react'
import { listUsers, type MemberOut } from '@/api'
import { useCatalogue, type Catalogue } from '@/app/catalogue'
import { Listing, useSelection } from '@/app/Listing'
import { useOrderable } from '@/app/ordering'
import { roleWord } from '@/app/roles'
import { useMay, useSession } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { Button } from '@/ui/Button'
import type { Column } from '@/ui/columns'
import { OnDemand } from '@/ui/OnDemand'
import { Tag } from '@/ui/StatusBadge'
import { ScopeNames } from '@/app/ScopeNames'

const MemberDrawer = lazy(() => import('./MemberDrawer'))
const NewMemberDrawer = lazy(() => import('./NewMemberDrawer'))
const route = getRouteApi('/_app/users')

export function MembersTab() {
  const { t } = useLingui()
  const { id } = route.useSearch()
  const navigate = route.useNavigate()
  const mayAdd = useMay('users', 'c')
  const { user } = useSession()
  const selection = useSelection()
  const catalogue = useCatalogue()
  const columns = useMemo(() => columnsFor(catalogue), [catalogue])
  const { list, asked } = useOrderable((limit = 100) => ({
    queryKey: [{ _id: 'listUsers', limit }],
    queryFn: async ({ pageParam, signal }) =>
      (await listUsers({ query: { limit, ...(pageParam && { cursor: pageParam }) }, signal })).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  }))
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const open = (next: string | null) => void navigate({ search: next ? { id: next } : {} })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-2">
        {mayAdd && (
          <Button
            look="primary"
            data-new
            icon={<UserPlus aria-hidden className="size-4" />}
            onClick={() => open('new')}
          >
            <Trans>Tambah anggota</Trans>
          </Button>
        )}
        <TableTools table="members" columns={columns} selection={selection} />
      </div>
      <Listing
        table="members"
        label={t`Anggota`}
        list={list}
        asked={asked}
        failure={<Trans>Daftar anggota belum bisa dimuat.</Trans>}
        columns={columns}
        rows={rows}
        rowId={row => row.id}
        rowName={row => row.name}
        onOpen={row => open(row.id)}
        openId={id}
        card={row => <MemberCard member={row} />}
        filtered={false}
        onClear={() => open(null)}
        empty={null}
        selection={selection}
      />
      <OnDemand wanted={id === 'new'}>
        <NewMemberDrawer open={id === 'new'} onClose={() => open(null)} />
      </OnDemand>
      <OnDemand wanted={id !== undefined && id !== 'new'}>
        <MemberDrawer
          member={rows.find(row => row.id === id)}
          self={id === user.id}
          onClose={() => open(null)}
        />
      </OnDemand>
    </div>
  )
}

const columnsFor = ({ locationOf }: Catalogue): readonly Column<MemberOut>[] => [
  { id: 'name', header: msg`Nama`, text: row => row.name, rank: row => row.name },
  {
    id: 'email',
    header: msg`Surel`,
    text: row => row.email,
    cell: row => <span className="text-muted">{row.email}</span>,
  },
  { id: 'role', header: msg`Peran`, text: row => roleWord(row.role), meta: { width: '9rem' } },
  {
    id: 'scope',
    header: msg`Berlaku di`,
    text: row =>
      row.location_ids === null
        ? i18n._(msg`Semua lokasi`)
        : row.location_ids.map(one => locationOf.get(one)?.name ?? one).join(', '),
    cell: row => <ScopeNames ids={row.location_ids} />,
    meta: { width: '11rem' },
  },
  {
    id: 'state',
    header: msg`Keadaan`,
    text: row => i18n._(stateOf(row).word),
    cell: row => <MemberState member={row} />,
    meta: { width: '13rem' },
  },
]

function stateOf(member: MemberOut) {
  if (!member.is_active) return { tone: 'muted' as const, word: msg`Nonaktif` }
  return member.email_verified
    ? { tone: 'good' as const, word: msg`Aktif` }
    : { tone: 'warning' as const, word: msg`Surel belum terverifikasi` }
}

function MemberState({ member }: { member: MemberOut }) {
  const { tone, word } = stateOf(member)
  return <Tag tone={tone}>{i18n._(word)}</Tag>
}

function MemberCard({ member }: { member: MemberOut }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="truncate">{member.name}</span>
        <MemberState member={member} />
      </span>
      <span className="truncate font-normal text-muted">{member.email}</span>
      <span className="font-normal text-muted">
        {roleWord(member.role)} · <ScopeNames ids={member.location_ids} />
      </span>
    </span>
  )
}
