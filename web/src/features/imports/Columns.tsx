import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { ColumnOut, ImportDetail } from '@/api'
import { number, percent } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Select } from '@/ui/Select'
import { ageAsked, changes, chosenOf, missingFields, namedColumns, withChoice } from './mapping'
import { typesQuery } from './queries'
import { useSaying } from './saying'

/** Every column of the file: what stands in it, which field it is taken for, and the choice of another. */
export function Columns({ found }: { found: ImportDetail }) {
  const { t } = useLingui()
  const types = useQuery(typesQuery)
  const saying = useSaying(found)
  const columns = namedColumns(found.sheets[found.sheet]?.mapping ?? [])
  const fields = types.data?.find(one => one.type === found.type)?.fields
  const [chosen, setChosen] = useState(() => chosenOf(columns))
  if (!fields || columns.length === 0) return null
  const changed = changes(columns, chosen)
  const missing = missingFields(fields, chosen)
    .map(one => one.label)
    .join(', ')
  const asked = ageAsked(found.sheets[found.sheet]?.questions ?? [])
  const all = columns.length
  const used = Object.values(chosen).filter(Boolean).length
  const choicesOf = ({ decides }: ColumnOut) => [
    { value: '', label: decides ? t`Ikut menentukan` : t`Tidak dipakai` },
    ...fields.map(({ name, label, required }) => ({
      value: name,
      label,
      detail: required ? t`wajib` : '',
    })),
  ]
  return (
    <details open={found.state === 'needs_mapping'} className="rounded-lg border border-line">
      <summary className="cursor-pointer px-4 py-3 text-sm font-semibold">
        <Plural value={all} other={`Kolom berkas: ${used} dari # dipakai`} />
      </summary>
      <form
        aria-label={t`Kolom berkas`}
        className="flex flex-col gap-4 border-t border-line p-4"
        onSubmit={event => {
          event.preventDefault()
          saying.mutate({ columns: changed })
        }}
      >
        {missing && (
          <p role="status" className="rounded-md bg-waspada-soft px-3 py-2 text-sm text-waspada">
            <Trans>Belum ada kolom untuk: {missing}.</Trans>
          </p>
        )}
        {asked && (
          <p role="status" className="rounded-md bg-waspada-soft px-3 py-2 text-sm text-waspada">
            {asked.message}
          </p>
        )}
        <div className="grid items-start gap-x-3 gap-y-4 sm:grid-cols-2">
          {columns.map(column => (
            <Select
              key={column.header}
              label={<span className="break-words">{column.header}</span>}
              hint={<Seen column={column} field={chosen[column.header] ?? ''} />}
              choices={choicesOf(column)}
              value={chosen[column.header] ?? ''}
              onChange={field => setChosen(now => withChoice(now, column.header, field))}
              disabled={saying.isPending}
            />
          ))}
        </div>
        <p className="text-xs text-muted">
          <Trans>Yang Anda pilih diingat untuk berkas organisasi ini berikutnya.</Trans>
        </p>
        {Object.keys(changed).length > 0 && (
          <Button type="submit" look="primary" busy={saying.isPending}>
            <Trans>Pakai kolom ini</Trans>
          </Button>
        )}
      </form>
    </details>
  )
}

/** Two values of a column, what they are multiplied by, and how well they fit the field it was taken for. */
function Seen({ column, field }: { column: ColumnOut; field: string }) {
  const values = column.samples.join(' · ')
  const isTaken = (column.field ?? '') === field
  const fit = isTaken && column.fit !== null ? percent(column.fit * 100, 0) : undefined
  return (
    <span className="flex flex-wrap justify-between gap-x-3">
      <span className="min-w-0 break-words">
        {values || <Trans>kosong</Trans>}
        {isTaken && column.power !== 0 && ` × ${number(10 ** column.power, 3)}`}
      </span>
      {fit && (
        <span className="whitespace-nowrap">
          <Trans>cocok {fit}</Trans>
        </span>
      )}
      {isTaken && column.decides && <Trans>tanda, satuan, atau status</Trans>}
    </span>
  )
}
