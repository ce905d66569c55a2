import { useLingui } from '@lingui/react/macro'
import { ListChecks, TableProperties } from 'lucide-react'
import { lazy, useState } from 'react'
import { useWide } from '@/lib/media'
import type { Column, Selection } from '@/ui/columns'
import { OnDemand } from '@/ui/OnDemand'
import { Tool } from '@/ui/Tool'
import type { TableName } from './preferences'

const ViewDialog = lazy(() => import('./ViewDialog'))

interface TableToolsProps {
  table: TableName
  columns: readonly Pick<Column<never>, 'id' | 'header'>[]
  selection: Selection
}

/** Beside the filters of a list: mark rows (on phones), and choose views, columns and density. */
export function TableTools({ table, columns, selection }: TableToolsProps) {
  const { t } = useLingui()
  const wide = useWide()
  const [open, setOpen] = useState(false)
  return (
    <>
      {!wide && (
        <Tool
          label={t`Pilih baris`}
          aria-pressed={selection.isOn}
          icon={<ListChecks aria-hidden className="size-4" />}
          onClick={() => (selection.isOn ? selection.end() : selection.begin())}
        />
      )}
      <Tool
        label={t({ message: 'Tampilan', context: 'tabel' })}
        aria-haspopup="dialog"
        icon={<TableProperties aria-hidden className="size-4" />}
        onClick={() => setOpen(true)}
      />
      <OnDemand wanted={open}>
        <ViewDialog table={table} columns={columns} open={open} onClose={() => setOpen(false)} />
      </OnDemand>
    </>
  )
}
