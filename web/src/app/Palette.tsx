/** Go anywhere, do anything: Ctrl or ⌘ K. */
import { Autocomplete } from '@base-ui/react/autocomplete'
import { Dialog } from '@base-ui/react/dialog'
import { useLingui } from '@lingui/react/macro'
import { useNavigate, useRouter } from '@tanstack/react-router'
import { Languages, MapPin, Package, Search, SunMoon, TableProperties, type LucideIcon } from 'lucide-react'
import { useMemo } from 'react'
import { useCatalogue } from './catalogue'
import { mayEnter, PAGES, type PageEntry } from './pages'
import { useSavedViews } from './preferences'
import { chooseLanguage, useSession } from './session'
import { setTheme } from './theme'

interface Act {
  label: string
  detail: string
  icon: LucideIcon
  run: () => void
}

export default function Palette({ pages, onClose }: { pages: readonly PageEntry[]; onClose: () => void }) {
  const { t, i18n } = useLingui()
  const navigate = useNavigate()
  const router = useRouter()
  const views = useSavedViews()
  const session = useSession()
  const catalogue = useCatalogue()
  const acts = useMemo<Act[]>(() => {
    const anomalies = PAGES.find(page => page.to === '/anomalies')
    const seesVerdicts = anomalies !== undefined && mayEnter(session, anomalies)
    return [
      ...pages.map(page => ({
        label: i18n._(page.name),
        detail: `g ${page.key}`,
        icon: page.icon,
        run: () => void navigate({ to: page.to }),
      })),
      ...views.map(view => ({
        label: view.name,
        detail: t`tampilan tersimpan`,
        icon: TableProperties,
        run: () => void navigate({ to: view.page, search: router.options.parseSearch(`?${view.search}`) }),
      })),
      ...(seesVerdicts
        ? [
            ...catalogue.locations.map(one => ({
              label: one.name,
              detail: t`anomali di lokasi ini`,
              icon: MapPin,
              run: () => void navigate({ to: '/anomalies', search: { location: one.id } }),
            })),
            ...catalogue.products
              .filter(one => one.kind === 'fuel')
              .map(one => ({
                label: one.name,
                detail: t`anomali produk ini`,
                icon: Package,
                run: () => void navigate({ to: '/anomalies', search: { product: one.id } }),
              })),
          ]
        : []),
      {
        label: i18n.locale === 'en' ? 'Bahasa Indonesia' : 'English',
        detail: t`ganti bahasa`,
        icon: Languages,
        run: () => void chooseLanguage(i18n.locale === 'en' ? 'id' : 'en'),
      },
      { label: t`Tampilan terang`, detail: '', icon: SunMoon, run: () => setTheme('light') },
      { label: t`Tampilan gelap`, detail: '', icon: SunMoon, run: () => setTheme('dark') },
    ]
  }, [pages, i18n, navigate, router, session, views, catalogue, t])
  return (
    <Dialog.Root open onOpenChange={open => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 bg-[#06141a]/45" />
        <Dialog.Popup
          aria-label={t`Cari atau lakukan sesuatu`}
          className="fixed inset-x-3 top-[10dvh] mx-auto flex max-h-[70dvh] max-w-xl flex-col overflow-hidden rounded-lg border border-line bg-raised text-text shadow-pop outline-none"
        >
          <Autocomplete.Root
            items={acts}
            itemToStringValue={act => act.label}
            inline
            open
            autoHighlight="always"
            keepHighlight
          >
            <div className="flex items-center gap-2 border-b border-line px-4">
              <Search aria-hidden className="size-4 text-muted" />
              <Autocomplete.Input
                aria-label={t`Cari atau lakukan sesuatu`}
                placeholder={t`Halaman, lokasi, produk`}
                className="h-12 w-full bg-transparent text-sm outline-none"
              />
            </div>
            <Autocomplete.Empty>
              <p className="px-4 py-6 text-sm text-muted">{t`Tidak ada yang cocok.`}</p>
            </Autocomplete.Empty>
            <Autocomplete.List className="overflow-y-auto overscroll-contain p-1.5 data-empty:p-0">
              {(act: Act) => (
                <Autocomplete.Item
                  key={`${act.label} ${act.detail}`}
                  value={act}
                  onClick={() => {
                    onClose()
                    act.run()
                  }}
                  className="flex min-h-10 cursor-default items-center gap-3 rounded px-3 text-sm outline-none select-none data-highlighted:bg-hover"
                >
                  <act.icon aria-hidden className="size-4 shrink-0 text-muted" />
                  <span className="min-w-0 flex-1 truncate">{act.label}</span>
                  <span className="shrink-0 text-xs text-muted">{act.detail}</span>
                </Autocomplete.Item>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
