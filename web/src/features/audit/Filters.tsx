import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { listUsers } from '@/api'
import { useMay } from '@/app/session'
import { Combobox } from '@/ui/Combobox'
import { TextField } from '@/ui/Field'
import { DEED_CODES, deedWords } from './deeds'

type Asked = Partial<Record<'action' | 'actor' | 'from' | 'to', string | undefined>>

interface FiltersProps {
  filters: Asked
  onChange: (next: Asked) => void
}

/** Which deeds, whose, and when. */
export default function Filters({ filters, onChange }: FiltersProps) {
  const { action, actor, from, to } = filters
  const { t } = useLingui()
  const seesPeople = useMay('users', 'r')
  const people = useQuery({
    queryKey: [{ _id: 'listUsers', of: 'actors' }],
    queryFn: async ({ signal }) => (await listUsers({ query: { limit: 500 }, signal })).data.items,
    enabled: seesPeople,
  })
  return (
    <>
      <Combobox
        label={t`Tindakan`}
        placeholder={t`Semua tindakan`}
        choices={DEED_CODES.map(code => ({ value: code, label: deedWords(code) }))}
        value={action ?? null}
        onChange={next => onChange({ ...filters, action: next ?? undefined })}
      />
      {seesPeople && (
        <Combobox
          label={t`Siapa`}
          isSearch
          placeholder={t`Semua orang`}
          choices={(people.data ?? []).map(one => ({ value: one.id, label: one.name, detail: one.email }))}
          value={actor ?? null}
          onChange={next => onChange({ ...filters, actor: next ?? undefined })}
        />
      )}
      <TextField
        label={t`Dari tanggal`}
        type="date"
        value={from ?? ''}
        max={to}
        onChange={event => onChange({ ...filters, from: event.target.value || undefined })}
      />
      <TextField
        label={t`Sampai tanggal`}
        type="date"
        value={to ?? ''}
        min={from}
        onChange={event => onChange({ ...filters, to: event.target.value || undefined })}
      />
    </>
  )
}
