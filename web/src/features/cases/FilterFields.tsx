import { useLingui } from '@lingui/react/macro'
import { CASE_STATUSES, CASE_TYPES, STATUS_LOOK, typeWord } from '@/app/cases'
import { tidy } from '@/lib/search'
import { Combobox } from '@/ui/Combobox'
import { SearchField } from '@/ui/SearchField'
import { useAssignees } from './names'
import type { Filters } from './queries'
import { PRIORITIES, PRIORITY_WORDS } from './words'

interface FilterFieldsProps {
  filters: Filters
  onChange: (filters: Filters) => void
  withStatus?: boolean
}

export default function FilterFields({ filters, onChange, withStatus = false }: FilterFieldsProps) {
  const { t, i18n } = useLingui()
  const assignees = useAssignees()
  const set = (next: { [K in keyof Filters]?: Filters[K] | undefined }) =>
    onChange(tidy({ ...filters, ...next }))
  const { assignee } = filters
  return (
    <>
      <SearchField
        label={t`Cari nomor, pelanggan, alamat, atau uraian`}
        value={filters.q ?? ''}
        onChange={typed => set({ q: typed || undefined })}
      />
      {withStatus && (
        <Combobox
          label={t`Status`}
          placeholder={t`Semua status`}
          choices={CASE_STATUSES.map(value => ({ value, label: i18n._(STATUS_LOOK[value].word) }))}
          value={filters.status ?? null}
          onChange={next => set({ status: CASE_STATUSES.find(one => one === next) })}
        />
      )}
      <Combobox
        label={t`Jenis`}
        placeholder={t`Semua jenis`}
        choices={CASE_TYPES.map(value => ({ value, label: typeWord(value) }))}
        value={filters.type ?? null}
        onChange={next => set({ type: CASE_TYPES.find(one => one === next) })}
      />
      <Combobox
        label={t({ message: 'Penanggung jawab', context: 'kasus' })}
        placeholder={t`Siapa saja`}
        choices={assignees}
        value={assignee === 'me' || assignee === 'none' ? null : (assignee ?? null)}
        onChange={next => set({ assignee: next ?? undefined })}
      />
      <Combobox
        label={t`Prioritas`}
        placeholder={t`Semua prioritas`}
        choices={PRIORITIES.map(value => ({ value, label: i18n._(PRIORITY_WORDS[value]) }))}
        value={filters.priority ?? null}
        onChange={next => set({ priority: PRIORITIES.find(one => one === next) })}
      />
    </>
  )
}
