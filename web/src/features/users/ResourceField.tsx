/** What a key may do of all that its role allows. */
import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import table from '@/app/permissions.json'
import { narrowed, type Resources } from './resources'

const ACTIONS: readonly { letter: string; word: MessageDescriptor }[] = [
  { letter: 'c', word: msg`tambah` },
  { letter: 'r', word: msg`baca` },
  { letter: 'u', word: msg`ubah` },
  { letter: 'd', word: msg`hapus` },
]

const NAMES: Readonly<Record<string, MessageDescriptor>> = {
  imports: msg`Impor berkas`,
  'fuel.transactions': msg`Transaksi BBM`,
  'fuel.deliveries': msg`Penerimaan BBM`,
  anomalies: msg`Anomali`,
  incidents: msg`Insiden`,
  cases: msg`Kasus`,
  notifications: msg`Notifikasi`,
  reports: msg`Laporan`,
  thresholds: msg`Ambang batas`,
  locations: msg`Lokasi`,
  'locations.details': msg`Rincian lokasi`,
  products: msg`Produk`,
  views: msg`Beranda`,
  customers: msg`Pelanggan`,
  collections: msg`Tagihan dan pembayaran`,
  meters: msg`Meter`,
  kpi: msg`Dasbor PAM`,
  readings: msg`Bacaan sensor`,
}

/** `Transaksi BBM: tambah, baca` for each; what this console does not know goes by its code. */
export function resourceWords(resources: Resources): string {
  return Object.entries(resources)
    .map(([name, letters]) => {
      const done = ACTIONS.filter(({ letter }) => letters.includes(letter)).map(({ word }) => i18n._(word))
      return `${wordFor(name)}: ${done.join(', ')}`
    })
    .join(' · ')
}

function wordFor(name: string): string {
  const word = NAMES[name]
  return word ? i18n._(word) : name
}

interface ResourceFieldProps {
  role: string
  /** Null: all that the role allows. */
  resources: Resources | null
  onChange: (resources: Resources | null) => void
  error?: string | undefined
}

export function ResourceField({ role, resources, onChange, error }: ResourceFieldProps) {
  const allowed = (table as Record<string, Resources>)[role] ?? {}
  return (
    <fieldset className="flex flex-col">
      <legend className="mb-1 text-sm font-medium">
        <Trans>Boleh apa saja</Trans>
      </legend>
      <label className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
        <input
          type="checkbox"
          className="size-4 accent-brand"
          checked={resources === null}
          onChange={event => onChange(event.target.checked ? null : {})}
        />
        <Trans>Semua yang boleh bagi perannya</Trans>
      </label>
      {resources !== null &&
        Object.entries(allowed).map(([name, letters]) => (
          <div key={name} role="group" aria-label={wordFor(name)} className="border-t border-line py-1 pl-6">
            <p className="text-sm">{wordFor(name)}</p>
            <div className="flex flex-wrap gap-x-5">
              {ACTIONS.filter(({ letter }) => letters.includes(letter)).map(({ letter, word }) => (
                <label
                  key={letter}
                  className="flex min-h-8 items-center gap-2 text-sm text-muted pointer-coarse:min-h-11"
                >
                  <input
                    type="checkbox"
                    className="size-4 accent-brand"
                    checked={resources[name]?.includes(letter) ?? false}
                    onChange={event => onChange(narrowed(resources, name, letter, event.target.checked))}
                  />
                  {i18n._(word)}
                </label>
              ))}
            </div>
          </div>
        ))}
      {error && (
        <p role="alert" className="text-xs text-anomali">
          {error}
        </p>
      )}
    </fieldset>
  )
}
