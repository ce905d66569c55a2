import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { ClipboardPaste } from 'lucide-react'
import { useId, useMemo, useRef, useState, type ReactNode } from 'react'
import { recordFuelTransactions, type BatchResult } from '@/api'
import type { Catalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { date, number, quantity } from '@/lib/format'
import { sentenceOf } from '@/lib/form'
import { Button } from '@/ui/Button'
import { DataTable, type Column } from '@/ui/DataTable'
import { CONTROL } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { Tag } from '@/ui/StatusBadge'
import { MOST_ROWS, readPasted, type CellName, type CellProblem, type PastedRow } from './pasted'

/** Paste a copied range, look at what was understood, send what is right. What is wrong stays, with its reason. */
export default function PasteMany({ catalogue }: { catalogue: Catalogue }) {
  const { i18n } = useLingui()
  const [text, setText] = useState('')
  const [refusals, setRefusals] = useState<ReadonlyMap<string, string>>(new Map())
  const [done, setDone] = useState<BatchResult | null>(null)
  const attempt = useRef({ content: '', key: '' })
  const areaId = useId()
  const rows = useMemo(
    () =>
      readPasted(
        text,
        catalogue.locations
          .filter(one => one.is_active)
          .map(one => ({ id: one.id, names: [one.name, ...(one.external_code ? [one.external_code] : [])] })),
        catalogue.products
          .filter(one => one.is_active && one.kind === 'fuel')
          .map(one => ({ id: one.id, names: [one.name, one.code] })),
        i18n.locale,
      ),
    [text, catalogue, i18n.locale],
  )
  const lines = text.split(/\r?\n/)
  const refusalOf = (row: PastedRow) => refusals.get(lines[row.line - 1] ?? '')
  const ready = rows.filter(row => row.fact !== null && refusalOf(row) === undefined)
  const send = useMutation({
    mutationFn: async (sent: readonly PastedRow[]) => {
      const items = sent.flatMap(row => (row.fact ? [row.fact] : []))
      // The same rows sent again after a lost answer are not recorded twice.
      const content = JSON.stringify(items)
      if (attempt.current.content !== content) attempt.current = { content, key: crypto.randomUUID() }
      const { data } = await recordFuelTransactions({
        body: { items },
        headers: { 'Idempotency-Key': attempt.current.key },
      })
      return data
    },
    onSuccess: (answer, sent) => {
      attempt.current = { content: '', key: '' }
      const recorded = new Set<number>()
      const refused = new Map<string, string>()
      for (const result of answer.results) {
        const row = sent[result.index]
        if (!row) continue
        if (result.status === 'recorded') recorded.add(row.line)
        else refused.set(lines[row.line - 1] ?? '', (result.errors ?? []).map(one => one.message).join(' '))
      }
      setText(lines.filter((_, at) => !recorded.has(at + 1)).join('\n'))
      setRefusals(refused)
      setDone(answer)
      refetch('listFuelTransactions', 'listAnomalies', 'summariseAnomalies', 'overview')
    },
  })
  const wrong = rows.length - ready.length
  const limit = number(MOST_ROWS)
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-col gap-1">
        <label htmlFor={areaId} className="text-sm font-medium">
          <Trans>Tempel dari lembar kerja</Trans>
        </label>
        <textarea
          id={areaId}
          rows={6}
          spellCheck={false}
          value={text}
          aria-describedby={`${areaId}-hint`}
          placeholder={`2026-01-10\t${catalogue.locations[0]?.name ?? 'Gudang A'}\tSolar\t520`}
          onChange={event => {
            setText(event.target.value)
            setDone(null)
          }}
          className={`${CONTROL} resize-y py-2 font-mono text-xs leading-5 whitespace-pre`}
        />
        <p id={`${areaId}-hint`} className="text-xs text-muted">
          <Trans>
            Empat kolom: tanggal, lokasi, produk BBM, volume. Nama atau kode; paling banyak {limit} baris.
          </Trans>
        </p>
      </div>
      <div role="status" className="empty:hidden">
        {done && (
          <p className="flex flex-wrap items-center gap-2 text-sm">
            <Tag tone={done.refused > 0 ? 'warning' : 'good'}>
              <Plural value={done.recorded} other="# baris tercatat" />
            </Tag>
            {done.refused > 0 && (
              <Plural
                value={done.refused}
                other="# baris belum masuk. Perbaiki yang ditandai, lalu kirim lagi."
              />
            )}
          </p>
        )}
      </div>
      <FormError>{send.isError ? sentenceOf(send.error) : null}</FormError>
      {rows.length > 0 && (
        <>
          <div className="flex flex-wrap items-center gap-3">
            <Button
              look="primary"
              busy={send.isPending}
              disabled={ready.length === 0}
              onClick={() => send.mutate(ready)}
              icon={<ClipboardPaste aria-hidden className="size-4" />}
            >
              <Plural value={ready.length} other="Catat # baris" />
            </Button>
            {wrong > 0 && (
              <span className="text-sm text-waspada">
                <Plural value={wrong} other="# baris perlu diperbaiki dan tidak dikirim." />
              </span>
            )}
          </div>
          <Preview rows={rows} refusalOf={refusalOf} />
        </>
      )}
    </div>
  )
}

function Preview({
  rows,
  refusalOf,
}: {
  rows: readonly PastedRow[]
  refusalOf: (row: PastedRow) => string | undefined
}) {
  const { t } = useLingui()
  const columns: readonly Column<PastedRow>[] = [
    { id: 'line', header: <Trans>Baris</Trans>, cell: row => number(row.line), meta: { width: '3.75rem' } },
    {
      id: 'date',
      header: <Trans>Tanggal</Trans>,
      cell: row => <Cell row={row} name="date" good={row.fact && date(row.fact.date)} />,
      meta: { width: '8rem' },
    },
    {
      id: 'location',
      header: <Trans context="satu">Lokasi</Trans>,
      cell: row => <Cell row={row} name="location" />,
    },
    {
      id: 'product',
      header: <Trans context="satu">Produk</Trans>,
      cell: row => <Cell row={row} name="product" />,
    },
    {
      id: 'volume',
      header: <Trans>Volume</Trans>,
      cell: row => <Cell row={row} name="volume" good={row.fact && quantity(row.fact.volume_l, 'L', 6)} />,
      meta: { numeric: true, width: '8rem' },
    },
    {
      id: 'state',
      header: <Trans>Keadaan</Trans>,
      cell: row => <State row={row} refusal={refusalOf(row)} />,
      meta: { width: '28%' },
    },
  ]
  return (
    <DataTable
      label={t`Pratinjau baris`}
      columns={columns}
      rows={rows}
      rowId={row => String(row.line)}
      rowName={row => String(row.line)}
      card={row => (
        <span className="flex flex-col gap-1 text-sm">
          <span className="flex justify-between gap-2">
            <span>
              {row.cells.location} <span className="text-muted">· {row.cells.product}</span>
            </span>
            <span className="tabular">
              {row.fact ? quantity(row.fact.volume_l, 'L', 6) : row.cells.volume}
            </span>
          </span>
          <span className="flex flex-wrap justify-between gap-2">
            <span className="text-muted">{row.fact ? date(row.fact.date) : row.cells.date}</span>
            <State row={row} refusal={refusalOf(row)} />
          </span>
        </span>
      )}
    />
  )
}

function Cell({ row, name, good }: { row: PastedRow; name: CellName; good?: ReactNode }) {
  if (row.problems[name])
    return <span className="text-anomali underline decoration-wavy">{row.cells[name] || '–'}</span>
  return good ?? row.cells[name]
}

function State({ row, refusal }: { row: PastedRow; refusal: string | undefined }) {
  if (refusal !== undefined) return <span className="text-anomali whitespace-normal">{refusal}</span>
  const [first] = Object.entries(row.problems) as [CellName, CellProblem][]
  if (!first)
    return (
      <Tag tone="good">
        <Trans>Siap</Trans>
      </Tag>
    )
  return <span className="text-anomali whitespace-normal">{sayProblem(...first)}</span>
}

function sayProblem(cell: CellName, problem: CellProblem): ReactNode {
  if (problem === 'date') return <Trans>Tanggal tidak dikenali</Trans>
  if (problem === 'location') return <Trans>Lokasi tidak dikenal</Trans>
  if (problem === 'product') return <Trans>Produk tidak dikenal</Trans>
  if (problem === 'digits') return <Trans>Lebih dari 6 angka di belakang koma</Trans>
  if (problem === 'range') return <Trans>Volume di luar batas</Trans>
  if (cell === 'volume') return <Trans>Volume bukan angka</Trans>
  return <Trans>Kolom kosong</Trans>
}
