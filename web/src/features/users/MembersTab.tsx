import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { UserPlus } from 'lucide-react'
import { lazy } from 'react'
import { listUsers, type MemberOut } from '@/api'
import { useMay, useSession } from '@/app/session'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { OnDemand } from '@/ui/OnDemand'
import { Failed, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { RoleName } from './RoleName'
import { ScopeNames } from './ScopeNames'

const MemberDrawer = lazy(() => import('./MemberDrawer'))
const NewMemberDrawer = lazy(() => import('./NewMemberDrawer'))
const route = getRouteApi('/_app/users')

export function MembersTab() {
  const { t } = useLingui()
  const { id } = route.useSearch()
  const navigate = route.useNavigate()
  const mayAdd = useMay('users', 'c')
  const { user } = useSession()
  const list = useInfiniteQuery({
    queryKey: [{ _id: 'listUsers' }],
    queryFn: async ({ pageParam, signal }) =>
      (await listUsers({ query: { limit: 100, ...(pageParam && { cursor: pageParam }) }, signal })).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const open = (next: string | null) => void navigate({ search: next ? { id: next } : {} })
  return (
    <div className="flex flex-col gap-3">
      {mayAdd && (
        <Button
          look="primary"
          className="self-start"
          icon={<UserPlus aria-hidden className="size-4" />}
          onClick={() => open('new')}
        >
          <Trans>Tambah anggota</Trans>
        </Button>
      )}
      {list.isPending ? (
        <Skeleton />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar anggota belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : (
        <DataTable
          label={t`Anggota`}
          columns={columns}
          rows={rows}
          rowId={row => row.id}
          rowName={row => row.name}
          onOpen={row => open(row.id)}
          openId={id}
          card={row => <MemberCard member={row} />}
          more={{
            has: list.hasNextPage,
            busy: list.isFetchingNextPage,
            load: () => void list.fetchNextPage(),
          }}
        />
      )}
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

const columns: readonly Column<MemberOut>[] = [
  { id: 'name', header: <Trans>Nama</Trans>, cell: row => row.name },
  { id: 'email', header: <Trans>Surel</Trans>, cell: row => <span className="text-muted">{row.email}</span> },
  {
    id: 'role',
    header: <Trans>Peran</Trans>,
    cell: row => <RoleName role={row.role} />,
    meta: { width: '9rem' },
  },
  {
    id: 'scope',
    header: <Trans>Berlaku di</Trans>,
    cell: row => <ScopeNames ids={row.location_ids} />,
    meta: { width: '11rem' },
  },
  {
    id: 'state',
    header: <Trans>Keadaan</Trans>,
    cell: row => <MemberState member={row} />,
    meta: { width: '11rem' },
  },
]

function MemberState({ member }: { member: MemberOut }) {
  if (!member.is_active)
    return (
      <Tag>
        <Trans>Nonaktif</Trans>
      </Tag>
    )
  return member.email_verified ? (
    <Tag tone="good">
      <Trans>Aktif</Trans>
    </Tag>
  ) : (
    <Tag tone="warning">
      <Trans>Surel belum terbukti</Trans>
    </Tag>
  )
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
        <RoleName role={member.role} /> · <ScopeNames ids={member.location_ids} />
      </span>
    </span>
  )
}
