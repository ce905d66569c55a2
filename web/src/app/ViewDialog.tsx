import { Trans, useLingui } from '@lingui/react/macro'
import { useLocation, useRouter } from '@tanstack/react-router'
import { Link } from '@tanstack/react-router'
import { Trash2 } from 'lucide-react'
import { useState, type ReactNode, type SubmitEvent } from 'react'
import type { SavedView } from '@/api'
import { useWide } from '@/lib/media'
import { Button, IconButton } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import type { Column } from '@/ui/columns'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { toast } from '@/ui/Toast'
import { chooseLook, deleteView, saveView, useLook, useSavedViews, type TableName } from './preferences'

interface ViewDialogProps {
  table: TableName
  columns: readonly Pick<Column<never>, 'id' | 'header'>[]
  open: boolean
  onClose: () => void
}

/** What a table shows: a saved view of it, its columns, its density. */
export default function ViewDialog({ table, columns, open, onClose }: ViewDialogProps) {
  const { t, i18n } = useLingui()
  const wide = useWide()
  const look = useLook(table)
  const { hidden, dense } = look
  const toggle = (id: string) =>
    void chooseLook(table, {
      dense,
      hidden: new Set(hidden.has(id) ? [...hidden].filter(one => one !== id) : [...hidden, id]),
    })
  // The first column opens the row, so it always stays.
  const optional = columns.slice(1)
  return (
    <Dialog open={open} onClose={onClose} title={t({ message: 'Tampilan', context: 'tabel' })}>
      <div className="flex flex-col gap-5">
        <SavedViews onClose={onClose} />
        {wide && (
          <Part title={<Trans>Kolom</Trans>}>
            <div className="grid grid-cols-2 gap-x-4">
              {optional.map(column => (
                <label
                  key={column.id}
                  className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11"
                >
                  <input
                    type="checkbox"
                    className="size-4 accent-brand"
                    checked={!hidden.has(column.id)}
                    onChange={() => toggle(column.id)}
                  />
                  {i18n._(column.header)}
                </label>
              ))}
            </div>
          </Part>
        )}
        <Part title={<Trans>Jarak baris</Trans>}>
          <div className="flex gap-2">
            <Chip pressed={!dense} onClick={() => void chooseLook(table, { hidden, dense: false })}>
              <Trans>Lega</Trans>
            </Chip>
            <Chip pressed={dense} onClick={() => void chooseLook(table, { hidden, dense: true })}>
              <Trans>Rapat</Trans>
            </Chip>
          </div>
        </Part>
      </div>
    </Dialog>
  )
}

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-1.5">
      <h3 className="text-sm font-semibold">{title}</h3>
      {children}
    </section>
  )
}

/** Saved views are links: a name for the page with the filters it has now. */
function SavedViews({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const router = useRouter()
  const { pathname, search } = useLocation()
  const views = useSavedViews().filter(view => view.page === pathname)
  const [name, setName] = useState('')
  const save = (event: SubmitEvent) => {
    event.preventDefault()
    const called = name.trim()
    if (!called) return
    // An open drawer is no part of a view.
    const { id: _, ...filters } = search as Record<string, unknown>
    void saveView({
      name: called,
      page: pathname,
      search: router.options.stringifySearch(filters).replace(/^\?/, ''),
    })
    const former = views.find(view => view.name === called)
    if (former) {
      toast({
        text: t`Tampilan ${called} diganti.`,
        action: { label: t`Urungkan`, onClick: () => void saveView(former) },
      })
    }
    setName('')
  }
  const remove = (view: SavedView) => {
    void deleteView(view)
    toast({
      text: t`Tampilan ${view.name} dihapus.`,
      action: { label: t`Urungkan`, onClick: () => void saveView(view) },
    })
  }
  return (
    <Part title={<Trans>Tampilan tersimpan</Trans>}>
      {views.length > 0 && (
        <ul className="flex flex-col divide-y divide-line rounded-md border border-line">
          {views.map(view => (
            <li key={view.name} className="flex items-center gap-2 pl-3">
              <Link
                to={view.page}
                search={router.options.parseSearch(`?${view.search}`)}
                onClick={onClose}
                className="flex min-h-10 min-w-0 flex-1 items-center text-sm font-medium text-brand hover:underline pointer-coarse:min-h-11"
              >
                <span className="truncate">{view.name}</span>
              </Link>
              <IconButton label={t`Hapus tampilan ${view.name}`} onClick={() => remove(view)}>
                <Trash2 aria-hidden />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
      <form onSubmit={save} className="flex items-end gap-2">
        <TextField
          label={t`Simpan saringan ini sebagai`}
          className="flex-1"
          maxLength={80}
          autoComplete="off"
          value={name}
          onChange={event => setName(event.target.value)}
        />
        <Button type="submit" disabled={name.trim() === ''} className="min-h-10">
          <Trans>Simpan</Trans>
        </Button>
      </form>
    </Part>
  )
}
