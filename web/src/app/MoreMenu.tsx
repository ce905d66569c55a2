import { useLingui } from '@lingui/react'
import { useNavigate } from '@tanstack/react-router'
import type { ReactElement } from 'react'
import { Menu, MenuItem } from '@/ui/Menu'
import type { PageEntry } from './pages'

/** The pages that do not fit in the bottom bar. */
export default function MoreMenu({ pages, trigger }: { pages: readonly PageEntry[]; trigger: ReactElement }) {
  const { i18n } = useLingui()
  const navigate = useNavigate()
  return (
    <Menu defaultOpen side="top" trigger={trigger}>
      {pages.map(page => (
        <MenuItem
          key={page.to}
          icon={<page.icon aria-hidden />}
          onClick={() => void navigate({ to: page.to })}
        >
          {i18n._(page.name)}
        </MenuItem>
      ))}
    </Menu>
  )
}
