/** Rows of a file as they would come in, under the words that the file itself puts over them. */
import { Trans } from '@lingui/react/macro'
import { Fragment, type ReactNode } from 'react'
import type { SampleRow } from '@/api'
import { number } from '@/lib/format'
import { ScrollBox } from '@/ui/ScrollBox'
import { changesOf, fieldsOf } from './sampled'

interface SamplesProps {
  title: ReactNode
  rows: readonly SampleRow[]
  /** Field → what the file calls it; of what the file does not hold, what the field is called. */
  headers: Readonly<Record<string, string>>
}

const CELL = 'px-2.5 py-1.5 text-left whitespace-nowrap'

export function Samples({ title, rows, headers }: SamplesProps) {
  if (rows.length === 0) return null
  const fields = fieldsOf(rows)
  const nameOf = (field: string) => headers[field] ?? field
  return (
    <section className="flex flex-col gap-1">
      <h3 className="text-sm font-semibold">{title}</h3>
      <ScrollBox>
        <table className="w-full text-xs">
          <thead className="text-muted">
            <tr>
              <th scope="col" className={CELL}>
                <Trans>Baris</Trans>
              </th>
              {fields.map(field => (
                <th key={field} scope="col" className={CELL}>
                  {nameOf(field)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <Fragment key={row.number}>
                <tr className="border-t border-line">
                  <th scope="row" className={`${CELL} font-normal text-muted tabular`}>
                    {number(row.number)}
                  </th>
                  {fields.map(field => (
                    <td key={field} className={`${CELL} tabular`}>
                      {row.fields[field]}
                    </td>
                  ))}
                </tr>
                <Said row={row} span={fields.length + 1} nameOf={nameOf} />
              </Fragment>
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  )
}

interface SaidProps {
  row: SampleRow
  span: number
  nameOf: (field: string) => string
}

/** What is wrong with a row, or what it changes: in sight however far the row goes on. */
function Said({ row, span, nameOf }: SaidProps) {
  const changes = changesOf(row)
  if (changes.length === 0 && row.errors.length === 0) return null
  return (
    <tr>
      <td colSpan={span} className="px-2.5 pb-1.5">
        <div className="sticky left-2.5 w-fit max-w-72">
          {changes.map(([field, before, now]) => (
            <p key={field} className="break-words">
              <span className="text-muted">{nameOf(field)}: </span>
              <del className="text-muted">{before || '–'}</del> →{' '}
              <ins className="no-underline">{now || '–'}</ins>
            </p>
          ))}
          {row.errors.map(error => (
            <p key={`${error.column}.${error.code}`} className="break-words text-anomali">
              {error.column ? `${error.column}: ${error.message}` : error.message}
            </p>
          ))}
        </div>
      </td>
    </tr>
  )
}
