/** The rooms of the console: where they are, what they are called, who may enter. */
import type { MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import {
  Bell,
  ChartColumn,
  ClipboardList,
  Contact,
  FileText,
  History,
  Fuel,
  Gauge,
  LayoutDashboard,
  ListOrdered,
  MapPin,
  Package,
  Scale,
  ShieldAlert,
  Siren,
  SlidersHorizontal,
  TrendingUp,
  Upload,
  Users,
  type LucideIcon,
} from 'lucide-react'
import type { MeOut } from '@/api'
import { may, type Action } from './session'
import type { Uses } from './uses'

export interface PageEntry {
  to:
    | '/'
    | '/fuel/new'
    | '/fuel/transactions'
    | '/anomalies'
    | '/incidents'
    | '/cases'
    | '/imports'
    | '/water'
    | '/comparison'
    | '/meter'
    | '/customers'
    | '/trends'
    | '/reports'
    | '/thresholds'
    | '/notifications'
    | '/locations'
    | '/products'
    | '/users'
    | '/audit'
  name: MessageDescriptor
  /** Where the name does not fit: a fifth of a phone. */
  short?: MessageDescriptor
  icon: LucideIcon
  /** The key after `g`. */
  key: string
  needs: { resource: string; action: Action }
  /** Resources whose readers may still not need the page: an operator reads locations for the form only. */
  alsoNeeds?: { resource: string; action: Action }
  /** What it is about; absent: whatever an organisation does. */
  of?: keyof Uses
}

/** By how often they are entered: a phone's bar shows the first four. */
export const PAGES: readonly PageEntry[] = [
  {
    to: '/',
    name: msg`Beranda`,
    icon: LayoutDashboard,
    key: 'b',
    needs: { resource: 'views', action: 'r' },
    of: 'fuel',
  },
  {
    to: '/fuel/new',
    name: msg`Catat BBM`,
    icon: Fuel,
    key: 'c',
    needs: { resource: 'fuel.transactions', action: 'c' },
    of: 'fuel',
  },
  {
    to: '/anomalies',
    name: msg`Monitoring Anomali`,
    short: msg`Anomali`,
    icon: Siren,
    key: 'a',
    needs: { resource: 'anomalies', action: 'r' },
    of: 'fuel',
  },
  {
    to: '/fuel/transactions',
    name: msg`Transaksi`,
    icon: ListOrdered,
    key: 't',
    needs: { resource: 'fuel.transactions', action: 'r' },
    of: 'fuel',
  },
  {
    to: '/incidents',
    name: msg`Insiden`,
    icon: ShieldAlert,
    key: 'i',
    needs: { resource: 'incidents', action: 'r' },
    of: 'fuel',
  },
  {
    to: '/water',
    name: msg`Dasbor PAM`,
    short: msg`Dasbor`,
    icon: ChartColumn,
    key: 'w',
    needs: { resource: 'kpi', action: 'r' },
    of: 'water',
  },
  {
    to: '/meter',
    name: msg`Meter`,
    icon: Gauge,
    key: 's',
    needs: { resource: 'meters', action: 'r' },
    alsoNeeds: { resource: 'anomalies', action: 'r' },
    of: 'water',
  },
  {
    to: '/imports',
    name: msg`Unggah data`,
    short: msg`Unggah`,
    icon: Upload,
    key: 'f',
    needs: { resource: 'imports', action: 'r' },
  },
  {
    to: '/cases',
    name: msg`Kasus`,
    icon: ClipboardList,
    key: 'y',
    needs: { resource: 'cases', action: 'r' },
  },
  {
    to: '/customers',
    name: msg`Pelanggan`,
    icon: Contact,
    key: 'k',
    needs: { resource: 'customers', action: 'r' },
    of: 'water',
  },
  {
    to: '/comparison',
    name: msg`Perbandingan`,
    icon: Scale,
    key: 'v',
    needs: { resource: 'kpi', action: 'r' },
    of: 'water',
  },
  {
    to: '/trends',
    name: msg`Tren`,
    icon: TrendingUp,
    key: 'r',
    needs: { resource: 'fuel.transactions', action: 'r' },
    of: 'fuel',
  },
  {
    to: '/reports',
    name: msg`Laporan`,
    icon: FileText,
    key: 'o',
    needs: { resource: 'reports', action: 'r' },
    of: 'fuel',
  },
  {
    to: '/thresholds',
    name: msg`Ambang batas`,
    icon: SlidersHorizontal,
    key: 'm',
    needs: { resource: 'thresholds', action: 'r' },
  },
  {
    to: '/notifications',
    name: msg`Notifikasi`,
    icon: Bell,
    key: 'n',
    needs: { resource: 'notifications', action: 'r' },
  },
  {
    to: '/locations',
    name: msg`Lokasi`,
    icon: MapPin,
    key: 'l',
    needs: { resource: 'locations', action: 'r' },
    alsoNeeds: { resource: 'views', action: 'r' },
  },
  {
    to: '/products',
    name: msg`Produk`,
    icon: Package,
    key: 'p',
    needs: { resource: 'products', action: 'r' },
    alsoNeeds: { resource: 'views', action: 'r' },
  },
  { to: '/users', name: msg`Pengguna`, icon: Users, key: 'u', needs: { resource: 'users', action: 'r' } },
  {
    to: '/audit',
    name: msg`Jejak audit`,
    icon: History,
    key: 'd',
    needs: { resource: 'audit', action: 'r' },
  },
]

export function mayEnter(session: Pick<MeOut, 'permissions'>, page: PageEntry): boolean {
  const { needs, alsoNeeds } = page
  return (
    may(session, needs.resource, needs.action) &&
    (alsoNeeds === undefined || may(session, alsoNeeds.resource, alsoNeeds.action))
  )
}

type Someone = Pick<MeOut, 'permissions'> & { organisation: Pick<MeOut['organisation'], 'locations'> }

/** What is of water lies at no location: who is limited to some is told nothing of it. */
function isBeyond(session: Someone, page: PageEntry): boolean {
  return page.of === 'water' && session.organisation.locations !== null
}

/**
 * The rooms a session may enter, what its organisation does first: a water utility finds its own before those of
 * fuel. An organisation that does both, or nothing yet, finds them as declared. The first is where people start.
 */
export function roomsFor(session: Someone, uses: Uses): readonly PageEntry[] {
  const idle = uses.fuel === uses.water ? null : uses.fuel ? 'water' : 'fuel'
  const rooms = PAGES.filter(page => mayEnter(session, page) && !isBeyond(session, page))
  const sorted = [...rooms.filter(page => page.of !== idle), ...rooms.filter(page => page.of === idle)]
  // `/` leads to the first room, so only there it is a room of its own.
  return sorted.filter((page, place) => page.to !== '/' || place === 0)
}

/** Where something new begins on a page that makes none itself: with fuel recorded, or a file sent. */
export function beginning(rooms: readonly PageEntry[]): PageEntry | undefined {
  return rooms.find(({ to }) => to === '/fuel/new' || to === '/imports')
}
