import { i18n } from '@lingui/core'
import { Trans } from '@lingui/react/macro'
import type { ReactElement } from 'react'
import type { CaseOut } from '@/api'
import { STATUS_LOOK, type CaseStatus } from '@/app/cases'
import { Menu, MenuGroup, MenuItem } from '@/ui/Menu'

interface MoveMenuProps {
  trigger: ReactElement
  one: CaseOut
  onMove: (to: CaseStatus) => void
}

export default function MoveMenu({ trigger, one, onMove }: MoveMenuProps) {
  return (
    <Menu defaultOpen trigger={trigger}>
      <MenuGroup label={<Trans>Pindahkan ke…</Trans>}>
        {one.next_statuses.map(to => {
          const { icon: Icon, word } = STATUS_LOOK[to]
          return (
            <MenuItem key={to} icon={<Icon aria-hidden />} onClick={() => onMove(to)}>
              {i18n._(word)}
            </MenuItem>
          )
        })}
      </MenuGroup>
    </Menu>
  )
}
