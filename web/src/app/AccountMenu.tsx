import { Trans, useLingui } from '@lingui/react/macro'
import {
  Building2,
  CircleUserRound,
  Keyboard,
  LifeBuoy,
  LogOut,
  Moon,
  Sun,
  SunMoon,
  UserRoundPen,
} from 'lucide-react'
import { date } from '@/lib/format'
import { IconButton } from '@/ui/Button'
import { Menu, MenuChoices, MenuItem, MenuLine } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import type { Language } from './language'
import { switchTo } from './leaving'
import { chooseLanguage, useSession } from './session'
import { setTheme, useTheme, type Theme } from './theme'

interface AccountMenuProps {
  onAccount: () => void
  onShortcuts: () => void
  onLeave: () => void
}

/** Where help is a press away; undefined for what can only be read, such as a desk's opening hours. */
function helpAt(support: string): string | undefined {
  if (/^https?:\/\//.test(support)) return support
  return support.includes('@') ? `mailto:${support}` : undefined
}

/** Who is signed in, how they like to read, and what Arus they use. */
export default function AccountMenu({ onAccount, onShortcuts, onLeave }: AccountMenuProps) {
  const { t, i18n } = useLingui()
  const { user, organisation, organisations, support } = useSession()
  const help = support ? helpAt(support) : undefined
  const theme = useTheme()
  const version = import.meta.env.VITE_VERSION
  const updated = date(import.meta.env.VITE_BUILT_ON)
  return (
    <Menu
      defaultOpen
      trigger={
        <IconButton label={t`Akun dan tampilan`}>
          <CircleUserRound aria-hidden className="!size-5.5" />
        </IconButton>
      }
    >
      <div className="px-2.5 pt-1.5 pb-2">
        <p className="truncate text-sm font-semibold">{user.name}</p>
        <p className="truncate text-xs text-muted">{user.email}</p>
      </div>
      {organisations.length > 1 && (
        <>
          <MenuLine />
          <MenuChoices
            label={t`Organisasi`}
            value={organisation.id}
            onChange={id =>
              void switchTo(id).catch(() => toast({ text: t`Organisasi belum bisa diganti. Coba lagi.` }))
            }
            choices={organisations.map(one => ({
              value: one.id,
              label: one.name,
              icon: <Building2 aria-hidden />,
            }))}
          />
        </>
      )}
      <MenuLine />
      <MenuChoices<Language>
        label={t`Bahasa`}
        value={i18n.locale as Language}
        onChange={language => void chooseLanguage(language)}
        choices={[
          { value: 'id', label: 'Bahasa Indonesia' },
          { value: 'en', label: 'English' },
        ]}
      />
      <MenuChoices<Theme>
        label={t`Tampilan`}
        value={theme}
        onChange={setTheme}
        choices={[
          { value: 'system', label: t`Ikuti perangkat`, icon: <SunMoon aria-hidden /> },
          { value: 'light', label: t`Terang`, icon: <Sun aria-hidden /> },
          { value: 'dark', label: t`Gelap`, icon: <Moon aria-hidden /> },
        ]}
      />
      <MenuLine />
      <MenuItem icon={<UserRoundPen aria-hidden />} onClick={onAccount}>
        <Trans>Akun saya</Trans>
      </MenuItem>
      <MenuItem icon={<Keyboard aria-hidden />} onClick={onShortcuts}>
        <Trans>Pintasan papan tik</Trans>
      </MenuItem>
      <MenuItem icon={<LogOut aria-hidden />} onClick={onLeave}>
        <Trans>Keluar</Trans>
      </MenuItem>
      {help && (
        <MenuItem icon={<LifeBuoy aria-hidden />} onClick={() => window.open(help, '_blank', 'noreferrer')}>
          <Trans>Minta bantuan</Trans>
        </MenuItem>
      )}
      <MenuLine />
      <div className="px-2.5 pt-1 pb-1.5 text-xs text-muted">
        {support && (
          <p className="break-words">
            <Trans>Bantuan: {support}</Trans>
          </p>
        )}
        <p>
          <Trans>
            Arus {version}, diperbarui {updated}
          </Trans>
        </p>
      </div>
    </Menu>
  )
}
