import { useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { listUsers } from '@/api'
import { useMay } from '@/app/session'
import { Combobox } from '@/ui/Combobox'
import { DEED_CODES, deedWords } from './deeds'

interface FiltersProps {
  action: string | undefined
  actor: string | undefined
  onChange: (next: { action: string | undefined; actor: string | undefined }) => void
}

/** Which deeds, and whose. */
export default function Filters({ action, actor, onChange }: FiltersProps) {
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
        onChange={next => onChange({ action: next ?? undefined, actor })}
      />
      {seesPeople && (
        <Combobox
          label={t`Siapa`}
          isSearch
          placeholder={t`Semua orang`}
          choices={(people.data ?? []).map(one => ({ value: one.id, label: one.name, detail: one.email }))}
          value={actor ?? null}
          onChange={next => onChange({ action, actor: next ?? undefined })}
        />
      )}
    </>
  )
}
