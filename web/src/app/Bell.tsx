/** The way to what one was told, with how much of it is unread. It counts quietly: nothing is announced. */
import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Bell as Icon } from 'lucide-react'
import { plural } from '@lingui/core/macro'
import { useEffect } from 'react'
import { listNotifications } from '@/api'
import { refetch } from './client'
import { listenToAlerts } from './live'

const LOOK_AGAIN_MS = 60_000
/** From an incident on the feed until its people were told, with some to spare. */
const TOLD_AFTER_MS = 2_000
const MOST = 99

export function Bell() {
  const { t } = useLingui()
  const { data: unread = 0 } = useQuery({
    queryKey: [{ _id: 'unreadNotifications' }],
    queryFn: async ({ signal }) => (await listNotifications({ query: { limit: 1 }, signal })).data.unread,
    refetchInterval: LOOK_AGAIN_MS,
  })
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    // However many incidents come at once, they are asked for once.
    const soon = () => (timer ??= setTimeout(look, TOLD_AFTER_MS))
    const look = () => {
      timer = undefined
      refetch('unreadNotifications', 'listNotifications')
    }
    const deafen = listenToAlerts(soon, soon)
    return () => {
      clearTimeout(timer)
      deafen()
    }
  }, [])
  const name = unread > 0 ? t`Notifikasi, ${plural(unread, { other: '# belum dibaca' })}` : t`Notifikasi`
  return (
    <Link
      to="/notifications"
      aria-label={name}
      title={name}
      activeOptions={{ includeSearch: false }}
      className="relative inline-flex size-9 shrink-0 items-center justify-center rounded-md text-muted transition-colors hover:bg-hover hover:text-text pointer-coarse:size-11"
    >
      <Icon aria-hidden className="size-5" />
      {unread > 0 && (
        <span
          aria-hidden
          className="absolute top-0.5 right-0.5 min-w-4.5 rounded-full bg-brand px-1 text-center text-[0.6875rem] leading-4.5 font-semibold text-on-brand"
        >
          {unread > MOST ? `${MOST}+` : unread}
        </span>
      )}
    </Link>
  )
}
