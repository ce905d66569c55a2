/** The frame of every page: side bar or bottom bar, top bar, banners, shortcuts. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import { clsx } from 'clsx'
import { CircleUserRound, CloudOff, Ellipsis, Search } from 'lucide-react'
import {
  cloneElement,
  lazy,
  Suspense,
  useEffect,
  useMemo,
  useRef,
  useState,
  type ComponentProps,
  type ReactElement,
  type ReactNode,
} from 'react'
import { moment } from '@/lib/format'
import { useOnline, usePrinting, useWide } from '@/lib/media'
import { onSessionEnd } from '@/lib/http'
import { IconButton } from '@/ui/Button'
import { Bell } from './Bell'
import { Mark } from './Brand'
import { markRow, pressNew, stepRow, useKeys } from './keys'
import { useFeed, useLiveState } from './live'
import { beginning, roomsFor, type PageEntry } from './pages'
import { may, useSameSession, useSession } from './session'
import { useFuelQueue, useSending } from './unsent'
import { useUses } from './uses'

const AccountDialog = lazy(() => import('./AccountDialog'))
const AccountMenu = lazy(() => import('./AccountMenu'))
const MoreMenu = lazy(() => import('./MoreMenu'))
const Palette = lazy(() => import('./Palette'))
const Shortcuts = lazy(() => import('./Shortcuts'))
const SignOutCheck = lazy(() => import('./SignOutCheck'))

export function Shell() {
  const session = useSession()
  const navigate = useNavigate()
  const wide = useWide()
  const [open, setOpen] = useState<'account' | 'palette' | 'shortcuts' | 'sign-out' | null>(null)
  const { queue, unsent } = useFuelQueue()
  useFeed(may(session, 'anomalies', 'r') || may(session, 'imports', 'r'))
  useSending()
  useSameSession()
  useEffect(() => void queue.refresh(), [queue])
  const uses = useUses()
  const pages = useMemo(() => roomsFor(session, uses), [session, uses])

  const keys = useMemo(
    () => ({
      '?': () => setOpen('shortcuts'),
      '/': () => document.querySelector<HTMLElement>('[data-search]')?.focus(),
      j: () => stepRow(1),
      k: () => stepRow(-1),
      x: markRow,
      n: () => {
        const begin = pressNew() ? undefined : beginning(pages)
        if (begin) void navigate({ to: begin.to })
      },
      ...Object.fromEntries(pages.map(page => [`g ${page.key}`, () => void navigate({ to: page.to })])),
    }),
    [navigate, pages],
  )
  useKeys(keys)
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        setOpen('palette')
      }
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])

  const leaving = useRef(false)
  const leave = async () => {
    leaving.current = true // answers still under way find the session closed: that is no surprise
    try {
      const { signOut } = await import('./leaving')
      if (await signOut(queue)) await navigate({ to: '/login' })
    } finally {
      leaving.current = false
    }
  }
  const askToLeave = () => (unsent.length > 0 ? setOpen('sign-out') : void leave())
  useEffect(
    () =>
      onSessionEnd(() => {
        if (leaving.current) return
        // What waits to be sent stays: its author signs in again.
        const { pathname, search } = location
        void navigate({ to: '/login', search: { next: pathname.replace(/^\/app/, '') + search } })
      }),
    [navigate],
  )

  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13.5rem_minmax(0,1fr)] print:block">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50 focus:rounded focus:bg-raised focus:px-3 focus:py-2 focus:shadow-pop"
      >
        <Trans>Lompat ke isi</Trans>
      </a>
      {wide && <SideBar pages={pages} />}
      <div className="flex min-h-dvh min-w-0 flex-col bg-surface">
        <TopBar
          wide={wide}
          onSearch={() => setOpen('palette')}
          onAccount={() => setOpen('account')}
          onShortcuts={() => setOpen('shortcuts')}
          onLeave={askToLeave}
        />
        <Letterhead />
        <Banner unsent={unsent.filter(item => !item.refused).length} />
        <main id="content" tabIndex={-1} className="flex-1 pb-20 outline-none md:pb-8">
          <Outlet />
        </main>
      </div>
      {!wide && <BottomBar pages={pages} />}
      <Suspense>
        {open === 'account' && <AccountDialog onClose={() => setOpen(null)} />}
        {open === 'palette' && <Palette pages={pages} onClose={() => setOpen(null)} />}
        {open === 'shortcuts' && <Shortcuts pages={pages} onClose={() => setOpen(null)} />}
        {open === 'sign-out' && (
          <SignOutCheck count={unsent.length} onClose={() => setOpen(null)} onLeave={() => void leave()} />
        )}
      </Suspense>
    </div>
  )
}

const NAV =
  'flex min-h-9 items-center gap-2.5 rounded-md px-2.5 text-sm font-medium text-muted transition-colors hover:bg-hover hover:text-text pointer-coarse:min-h-11 data-[status=active]:bg-brand-soft data-[status=active]:text-brand-strong'

function SideBar({ pages }: { pages: readonly PageEntry[] }) {
  const { t, i18n } = useLingui()
  const { organisation } = useSession()
  return (
    <nav
      aria-label={t`Utama`}
      className="sticky top-0 flex h-dvh flex-col gap-4 overflow-y-auto border-r border-line px-3 py-3 print:hidden"
    >
      <Link to="/" className="flex items-center gap-2.5 px-1.5 py-1">
        <Mark />
        <span className="min-w-0">
          <span className="block text-base leading-tight font-semibold tracking-tight">Arus</span>
          <span className="block truncate text-xs text-muted">{organisation.name}</span>
        </span>
      </Link>
      <div className="flex flex-col gap-0.5">
        {pages.map(page => (
          <Link
            key={page.to}
            to={page.to}
            activeOptions={{ exact: true, includeSearch: false }}
            className={NAV}
          >
            <page.icon aria-hidden className="size-4.5 shrink-0" />
            {i18n._(page.name)}
          </Link>
        ))}
      </div>
    </nav>
  )
}

function BottomBar({ pages }: { pages: readonly PageEntry[] }) {
  const { t, i18n } = useLingui()
  const shown = pages.length <= 5 ? pages : pages.slice(0, 4)
  const rest = pages.slice(shown.length)
  const item =
    'flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-[min(0.6875rem,3.6vw)] font-medium text-muted data-[status=active]:text-brand [&>svg]:size-5'
  return (
    <nav
      aria-label={t`Utama`}
      className="fixed inset-x-0 bottom-0 z-20 flex print:hidden border-t border-line bg-surface pb-[env(safe-area-inset-bottom)]"
    >
      {shown.map(page => (
        <Link
          key={page.to}
          to={page.to}
          activeOptions={{ exact: true, includeSearch: false }}
          className={item}
        >
          <page.icon aria-hidden />
          <span className="w-full truncate text-center">{i18n._(page.short ?? page.name)}</span>
        </Link>
      ))}
      {rest.length > 0 && (
        <OnDemand button={<MoreButton className={item} />}>
          <MoreMenu pages={rest} trigger={<MoreButton className={item} />} />
        </OnDemand>
      )}
    </nav>
  )
}

interface TopBarProps {
  wide: boolean
  onSearch: () => void
  onAccount: () => void
  onShortcuts: () => void
  onLeave: () => void
}

function TopBar({ wide, onSearch, onAccount, onShortcuts, onLeave }: TopBarProps) {
  const { t } = useLingui()
  const session = useSession()
  const { organisation } = session
  return (
    <header className="sticky top-0 z-20 flex min-h-14 flex-wrap items-center gap-x-2 border-b border-line bg-surface/95 px-4 backdrop-blur md:px-6 print:hidden">
      {!wide && (
        <>
          <Mark />
          <span className="min-w-0 flex-1 basis-0 truncate text-sm font-semibold">{organisation.name}</span>
        </>
      )}
      {wide ? (
        <button
          type="button"
          onClick={onSearch}
          className="flex min-h-9 w-72 items-center gap-2 rounded-md border border-line bg-sunken px-3 text-sm text-muted hover:border-edge"
        >
          <Search aria-hidden className="size-4" />
          <Trans>Cari atau lakukan sesuatu</Trans>
          <kbd className="ml-auto font-sans text-xs">Ctrl K</kbd>
        </button>
      ) : (
        <IconButton label={t`Cari atau lakukan sesuatu`} onClick={onSearch} className="ml-auto">
          <Search aria-hidden />
        </IconButton>
      )}
      <div className={clsx('flex items-center gap-2', wide && 'ml-auto')}>
        <LiveDot />
        {may(session, 'notifications', 'r') && <Bell />}
        <OnDemand
          button={
            <IconButton label={t`Akun dan tampilan`} aria-haspopup="menu">
              <CircleUserRound aria-hidden className="!size-5.5" />
            </IconButton>
          }
        >
          <AccountMenu onAccount={onAccount} onShortcuts={onShortcuts} onLeave={onLeave} />
        </OnDemand>
      </div>
    </header>
  )
}

function LiveDot() {
  const { status } = useLiveState()
  const online = useOnline()
  const open = status === 'open' && online
  return (
    <span role="status" className="flex items-center gap-1.5 text-xs text-muted">
      <span
        aria-hidden
        className={clsx(
          'size-2 rounded-full',
          open ? 'bg-normal forced-colors:bg-[CanvasText]' : 'border-2 border-waspada bg-transparent',
          'forced-color-adjust-none',
        )}
      />
      {open ? (
        <span className="sr-only sm:not-sr-only">
          <Trans>Langsung</Trans>
        </span>
      ) : status === 'connecting' && online ? (
        <Trans>Menyambung</Trans>
      ) : (
        <Trans>Terputus</Trans>
      )}
    </span>
  )
}

function MoreButton(props: ComponentProps<'button'>) {
  return (
    <button type="button" aria-haspopup="menu" {...props}>
      <Ellipsis aria-hidden />
      <Trans>Lainnya</Trans>
    </button>
  )
}

interface OnDemandProps {
  button: ReactElement<{ onClick?: () => void }>
  children: ReactNode
}

/** A menu that is fetched when it is first asked for: until then its button stands alone. */
function OnDemand({ button, children }: OnDemandProps) {
  const [asked, setAsked] = useState(false)
  const alone = cloneElement(button, { onClick: () => setAsked(true) })
  return asked ? <Suspense fallback={alone}>{children}</Suspense> : alone
}

function Letterhead() {
  return usePrinting() ? <Printed /> : null
}

/** On paper: whose page it is, and when it was printed. */
function Printed() {
  const { organisation } = useSession()
  const [at] = useState(Date.now)
  const when = moment(at)
  return (
    <p className="mb-3 flex justify-between gap-4 border-b border-line pb-1 text-xs text-muted">
      <span>{organisation.name}</span>
      <span>
        <Trans>Dicetak {when}</Trans>
      </span>
    </p>
  )
}

function Banner({ unsent }: { unsent: number }) {
  const online = useOnline()
  if (online && unsent === 0) return null
  return (
    <p
      role="status"
      className="flex items-center gap-2 border-b border-line bg-waspada-soft px-4 py-2 text-sm text-waspada md:px-6 print:hidden"
    >
      <CloudOff aria-hidden className="size-4 shrink-0" />
      <span>
        {online ? (
          <Plural value={unsent} other="# catatan sedang dikirim." />
        ) : unsent === 0 ? (
          <Trans>Anda sedang luring. Data yang tampil mungkin sudah lama.</Trans>
        ) : (
          <Plural value={unsent} other="Anda sedang luring. # catatan akan dikirim saat tersambung." />
        )}
      </span>
    </p>
  )
}
