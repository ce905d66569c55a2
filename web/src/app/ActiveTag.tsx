import { Trans } from '@lingui/react/macro'
import { Tag } from '@/ui/StatusBadge'

/** Whether something is still used. */
export function ActiveTag({ active }: { active: boolean }) {
  return active ? (
    <Tag tone="good">
      <Trans>Aktif</Trans>
    </Tag>
  ) : (
    <Tag>
      <Trans>Nonaktif</Trans>
    </Tag>
  )
}
