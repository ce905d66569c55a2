/** What an export holds, and the files it can be. */
import { Plural, Trans } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { FileSpreadsheet, FileText, Table2 } from 'lucide-react'
import { useState, type ReactElement } from 'react'
import { sentenceOf } from '@/lib/failure'
import { fileName, save } from '@/lib/file'
import { number } from '@/lib/format'
import { Menu, MenuGroup, MenuItem } from '@/ui/Menu'
import { toast } from '@/ui/Toast'
import type { ExportFormat, Exporting } from './ExportTool'

const FORMATS = [
  { format: 'xlsx', icon: <FileSpreadsheet aria-hidden />, name: 'Excel (XLSX)' },
  { format: 'csv', icon: <Table2 aria-hidden />, name: 'CSV' },
  { format: 'pdf', icon: <FileText aria-hidden />, name: 'PDF' },
] as const

export default function ExportMenu({
  trigger,
  what,
  filtered,
  size,
  fetch,
}: Exporting & { trigger: ReactElement }) {
  const [busy, setBusy] = useState<ExportFormat | null>(null)
  const counted = useQuery({
    queryKey: [{ _id: 'exportSize', ...what }],
    queryFn: ({ signal }) => size(signal),
  })
  const rows = counted.data?.rows
  const take = async (format: ExportFormat) => {
    setBusy(format)
    try {
      const answer = await fetch(format)
      save(fileName(answer, `arus.${format}`), await answer.blob())
    } catch (error) {
      toast({ text: sentenceOf(error) })
    } finally {
      setBusy(null)
    }
  }
  return (
    <Menu defaultOpen trigger={trigger}>
      <MenuGroup
        label={
          rows === undefined ? (
            <Trans>Menghitung baris…</Trans>
          ) : filtered ? (
            <Plural value={rows} other="# baris yang cocok dengan saringan" />
          ) : (
            <Plural value={rows} other="Semua # baris" />
          )
        }
      >
        {FORMATS.map(({ format, icon, name }) => {
          const most = counted.data?.most[format]
          const many = rows !== undefined && most !== undefined && rows > most
          const limit = number(most ?? 0)
          return (
            <MenuItem
              key={format}
              icon={icon}
              disabled={many || rows === 0 || busy !== null}
              onClick={() => void take(format)}
            >
              <span className="flex-1">{name}</span>
              {many && (
                <span className="text-xs text-muted">
                  <Trans>paling banyak {limit}</Trans>
                </span>
              )}
            </MenuItem>
          )
        })}
      </MenuGroup>
    </Menu>
  )
}
