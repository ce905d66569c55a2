import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { getRouteApi, Link } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { BellRing, CheckCheck } from 'lucide-react'
import { markAllNotificationsRead, markNotificationRead, type NotificationRecord } from '@/api'
import { refetch } from '@/app/client'
import { sentenceOf } from '@/lib/failure'
import { moment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import { Empty, Failed, NoMatch, Skeleton } from '@/ui/States'
import { SeverityBadge, Tag } from '@/ui/StatusBadge'
import { toast } from '@/ui/Toast'
import { notificationsQuery } from './queries'

const route = getRouteApi('/_app/notifications')
const READ = ['listNotifications', 'unreadNotifications']

export function InboxTab() {
  const { t } = useLingui()
  const unreadOnly = route.useSearch().show === 'unread'
  const navigate = route.useNavigate()
  const show = (unread: boolean) => void navigate({ search: unread ? { show: 'unread' } : {}, replace: true })
  const list = useInfiniteQuery(notificationsQuery(unreadOnly))
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const unread = list.data?.pages[0]?.unread ?? 0
  const markAll = useMutation({
    mutationFn: () => markAllNotificationsRead(),
    onSuccess: () => refetch(...READ),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <Chip pressed={!unreadOnly} onClick={() => show(false)}>
          <Trans>Semua</Trans>
        </Chip>
        <Chip pressed={unreadOnly} onClick={() => show(true)} count={unread}>
          <Trans>Belum dibaca</Trans>
        </Chip>
        {unread > 0 && (
          <Button
            className="ml-auto"
            busy={markAll.isPending}
            icon={<CheckCheck aria-hidden className="size-4" />}
            onClick={() => markAll.mutate()}
          >
            <Trans>Tandai semua dibaca</Trans>
          </Button>
        )}
      </div>
      {list.isPending ? (
        <Skeleton lines={6} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Notifikasi belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 && unreadOnly ? (
        <NoMatch onClear={() => show(false)} />
      ) : rows.length === 0 ? (
        <Empty
          icon={<BellRing aria-hidden />}
          title={<Trans>Belum ada notifikasi.</Trans>}
          action={
            <Button onClick={() => void navigate({ search: { tab: 'settings' } })}>
              <Trans>Atur saluran</Trans>
            </Button>
          }
        >
          <Trans>
            Begitu sebuah insiden dibuka atau memburuk, pesannya tampil di sini dan di saluran yang Anda
            pilih: satu pesan untuk satu kejadian, bukan satu untuk setiap catatan.
          </Trans>
        </Empty>
      ) : (
        <>
          <ul aria-label={t`Notifikasi`} className="divide-y divide-line rounded-lg border border-line">
            {rows.map(row => (
              <Entry key={row.id} entry={row} />
            ))}
          </ul>
          {list.hasNextPage && (
            <Button
              className="self-center"
              busy={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              <Trans>Muat lagi</Trans>
            </Button>
          )}
        </>
      )}
    </div>
  )
}

function Entry({ entry }: { entry: NotificationRecord }) {
  const { title, held, standing, read_at, incident_id, case_id } = entry
  const mark = useMutation({
    mutationFn: () => markNotificationRead({ path: { notification_id: entry.id }, keepalive: true }),
    onSuccess: () => refetch(...READ),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  const isUnread = read_at === null
  return (
    <li
      className={clsx('flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3', isUnread && 'bg-brand-soft/40')}
    >
      <div className="min-w-56 flex-1">
        <p className={clsx('text-sm', isUnread ? 'font-semibold' : 'font-medium')}>
          {isUnread && (
            <span className="sr-only">
              <Trans>Belum dibaca:</Trans>{' '}
            </span>
          )}
          {title}
        </p>
        <p className="text-sm text-muted">{entry.text}</p>
        <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-muted">
          <SeverityBadge severity={entry.severity} />
          {standing === 'closed' && (
            <Tag>
              <Trans>Sudah selesai</Trans>
            </Tag>
          )}
          {standing === 'withdrawn' && (
            <Tag>
              <Trans>Ditarik: catatannya diperbaiki</Trans>
            </Tag>
          )}
          <span>{moment(entry.created_at)}</span>
          {entry.kind === 'summary' && (
            <span>
              <Plural value={entry.critical} other="# kritis" />
            </span>
          )}
          {held === 'quiet' && <Trans>Pesan luar ditahan: jam tenang</Trans>}
          {held === 'budget' && <Trans>Pesan luar ditahan: batas alarm hari itu tercapai</Trans>}
        </p>
      </div>
      <div className="flex flex-wrap gap-2">
        {incident_id && (
          <Link
            to="/incidents"
            search={{ id: incident_id }}
            className="inline-flex min-h-9 items-center rounded-md px-2 text-sm font-medium text-brand underline-offset-4 hover:underline pointer-coarse:min-h-11"
            onClick={() => isUnread && mark.mutate()}
          >
            <Trans>Lihat</Trans>
            <span className="sr-only"> {title}</span>
          </Link>
        )}
        {case_id && (
          <Link
            to="/cases"
            search={{ id: case_id }}
            className="inline-flex min-h-9 items-center rounded-md px-2 text-sm font-medium text-brand underline-offset-4 hover:underline pointer-coarse:min-h-11"
            onClick={() => isUnread && mark.mutate()}
          >
            <Trans>Lihat</Trans>
            <span className="sr-only"> {title}</span>
          </Link>
        )}
        {entry.kind === 'summary' && (
          <Link
            to="/incidents"
            search={{ answer: 'all' }}
            className="inline-flex min-h-9 items-center rounded-md px-2 text-sm font-medium text-brand underline-offset-4 hover:underline pointer-coarse:min-h-11"
            onClick={() => isUnread && mark.mutate()}
          >
            <Trans>Lihat daftarnya</Trans>
          </Link>
        )}
        {isUnread && (
          <Button look="quiet" busy={mark.isPending} onClick={() => mark.mutate()}>
            <Trans>Tandai dibaca</Trans>
            <span className="sr-only"> {title}</span>
          </Button>
        )}
      </div>
    </li>
  )
}
