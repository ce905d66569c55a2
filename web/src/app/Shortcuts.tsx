import { Trans, useLingui } from '@lingui/react/macro'
import { Dialog } from '@/ui/Dialog'
import { setLettersOn, useLettersOn } from './keys'
import type { PageEntry } from './pages'

export default function Shortcuts({ pages, onClose }: { pages: readonly PageEntry[]; onClose: () => void }) {
  const { t, i18n } = useLingui()
  const on = useLettersOn()
  const rows: [string, string][] = [
    ['Ctrl K', t`Pergi ke mana saja, lakukan apa saja`],
    ['/', t`Cari di halaman`],
    ...pages.map((page): [string, string] => [`g ${page.key}`, i18n._(page.name)]),
    ['j  k', t`Baris berikutnya, sebelumnya`],
    ['Enter', t`Buka baris`],
    ['x', t`Pilih baris`],
    ['e', t`Akui insiden`],
    ['n', t`Baru, di halaman ini`],
    ['Esc', t`Tutup, batal memilih`],
    ['?', t`Daftar ini`],
  ]
  return (
    <Dialog open onClose={onClose} title={t`Pintasan papan tik`}>
      <dl className="grid grid-cols-[5rem_1fr] gap-y-1.5 text-sm">
        {rows.map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="rounded border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs">
                {keys}
              </kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label className="mt-4 flex min-h-11 items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          className="size-4 accent-brand"
          checked={on}
          onChange={event => setLettersOn(event.target.checked)}
        />
        <Trans>Pintasan satu huruf aktif</Trans>
      </label>
    </Dialog>
  )
}
