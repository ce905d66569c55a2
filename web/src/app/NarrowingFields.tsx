/** Filters by place, product and time, as anomalies and transactions have them. */
import { useLingui } from '@lingui/react/macro'
import { Combobox } from '@/ui/Combobox'
import { TextField } from '@/ui/Field'
import { fuelChoices, locationChoices, useCatalogue } from './catalogue'
import type { Narrowing } from './narrowing'

interface NarrowingFieldsProps {
  value: Narrowing
  onChange: (name: keyof Narrowing, value: string | null) => void
}

export default function NarrowingFields({ value, onChange }: NarrowingFieldsProps) {
  const { t } = useLingui()
  const catalogue = useCatalogue()
  return (
    <>
      <Combobox
        label={t({ message: 'Lokasi', context: 'satu' })}
        isSearch
        placeholder={t`Semua lokasi`}
        choices={locationChoices(catalogue, false)}
        value={value.location ?? null}
        onChange={next => onChange('location', next)}
      />
      <Combobox
        label={t({ message: 'Produk', context: 'satu' })}
        placeholder={t`Semua produk`}
        choices={fuelChoices(catalogue, false)}
        value={value.product ?? null}
        onChange={next => onChange('product', next)}
      />
      <TextField
        label={t`Dari tanggal`}
        type="date"
        value={value.from ?? ''}
        max={value.to}
        onChange={event => onChange('from', event.target.value)}
      />
      <TextField
        label={t`Sampai tanggal`}
        type="date"
        value={value.to ?? ''}
        min={value.from}
        onChange={event => onChange('to', event.target.value)}
      />
    </>
  )
}
