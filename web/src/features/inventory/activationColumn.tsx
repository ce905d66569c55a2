import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { ActiveTag } from '@/app/ActiveTag'
import type { Column } from '@/ui/columns'
import type { Entry } from './catalogue'

/** The column that says whether an entry is still used. */
export function activation<One extends Entry>(): Column<One> {
  return {
    id: 'state',
    header: msg`Keadaan`,
    text: one => i18n._(one.is_active ? msg`Aktif` : msg`Nonaktif`),
    cell: one => <ActiveTag active={one.is_active} />,
    meta: { width: '8rem' },
  }
}
