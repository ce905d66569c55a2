import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { ClipboardPaste, Download, FileUp } from 'lucide-react'
import { useEffect, useId, useMemo, useRef, useState, type ReactNode } from 'react'
import { recordFuelTransactions, type BatchResult } from '@/api'
import type { Catalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { useDraftName } from '@/app/session'
import { csv, download } from '@/lib/csv'
import { date, number, quantity, today } from '@/lib/format'
import { sentenceOf } from '@/lib/failure'
import { dropDraft, keepDraft, keptDraft } from '@/lib/kept'
import { Button, buttonLook } from '@/ui/Button'
import type { Column } from '@/ui/columns'
import { DataTable } from '@/ui/DataTable'
import { CONTROL } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { Tag } from '@/ui/StatusBadge'
import { MOST_ROWS, readPasted, type CellName, type CellProblem, type PastedRow } from './pasted'

const LOCATION = msg({ message: 'Lokasi', context: 'satu' })
const PRODUCT = msg({ message: 'Produk', context: 'satu' })

/** Paste a copied range, look at what was understood, send what is right. What is wrong stays, with its reason. */
export default function PasteMany({ catalogue }: { catalogue: Catalogue }) {
  const {
    t,
    i18n: { locale },
  } = useLingui()
  const draftName = useDraftName('paste')
  const [text, setText] = useState(() => keptDraft<{ text: string }>(draftName)?.text ?? '')
  useEffect(() => (text ? keepDraft(draftName, { text }) : dropDraft(draftName)), [draftName, text])
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
        locale,
      ),
    [text, catalogue, locale],
  )
  const lines = text.split(/\r?\n/)
  const refusalOf = (row: PastedRow) => refusals.get(lines[row.line - 1] ?? '')
  const isReady = (row: PastedRow) => row.fact !== null && refusalOf(row) === undefined
  const ready = rows.filter(isReady)
  const wrong = rows.filter(row => !isReady(row))
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
  const save = () => {
    const head = [t`Tanggal`, i18n._(LOCATION), i18n._(PRODUCT), t`Volume`, t`Alasan`]
    const cells = wrong.map(row => [
      row.cells.date,
      row.cells.location,
      row.cells.product,
      row.cells.volume,
      faultOf(row, refusalOf(row)) ?? '',
    ])
    download(`${t`baris-belum-masuk`}-${today()}.csv`, csv([head, ...cells]))
  }
  const take = (next: string) => {
    setText(next)
    setDone(null)
  }
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
          onChange={event => take(event.target.value)}
          onDrop={event => {
            const [file] = event.dataTransfer.files
            if (!file) return
            event.preventDefault()
            void file.text().then(take)
          }}
          className={`${CONTROL} resize-y py-2 font-mono text-xs leading-5 whitespace-pre`}
        />
        <p id={`${areaId}-hint`} className="text-xs text-muted">
          <Trans>
            Empat kolom: tanggal, lokasi, produk BBM, volume. Nama atau kode; paling banyak {limit} baris.
          </Trans>
        </p>
        <label
          className={buttonLook('quiet', 'self-start focus-within:outline-2 focus-within:outline-brand')}
        >
          <FileUp aria-hidden className="size-4" />
          <Trans>Buka berkas CSV</Trans>
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            className="sr-only"
            onChange={event => {
              void event.target.files?.[0]?.text().then(take)
              // The same file, mended, can be chosen again.
              event.target.value = ''
            }}
          />
        </label>
      </div>
      <div role="status" className="empty:hidden">
        {done && (
          <p className="flex flex-wrap items-center gap-2 text-sm">
            <Tag tone={done.refused > 0 ? 'warning' : 'good'}>
              <Plural value={done.recorded} other="# baris tercatat" />
            </Tag>
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
            {wrong.length > 0 && (
              <Button onClick={save} icon={<Download aria-hidden className="size-4" />}>
                <Plural value={wrong.length} other="Unduh # baris yang belum masuk" />
              </Button>
            )}
          </div>
          {wrong.length > 0 && (
            <p className="text-sm text-waspada">
              <Plural
                value={wrong.length}
                other="# baris belum masuk. Perbaiki di sini, atau unduh, perbaiki di lembar kerja, lalu tempel lagi."
              />
            </p>
          )}
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
    { id: 'line', header: msg`Baris`, text: row => number(row.line), meta: { width: '3.75rem' } },
    {
      id: 'date',
      header: msg`Tanggal`,
      text: row => row.cells.date,
      cell: row => <Cell row={row} name="date" good={row.fact && date(row.fact.date)} />,
      meta: { width: '8rem' },
    },
    {
      id: 'location',
      header: LOCATION,
      text: row => row.cells.location,
      cell: row => <Cell row={row} name="location" />,
    },
    {
      id: 'product',
      header: PRODUCT,
      text: row => row.cells.product,
      cell: row => <Cell row={row} name="product" />,
    },
    {
      id: 'volume',
      header: msg`Volume`,
      text: row => row.cells.volume,
      cell: row => <Cell row={row} name="volume" good={row.fact && quantity(row.fact.volume_l, 'L', 6)} />,
      meta: { numeric: true, width: '8rem' },
    },
    {
      id: 'state',
      header: msg`Keadaan`,
      text: row => faultOf(row, refusalOf(row)) ?? '',
      cell: row => <State fault={faultOf(row, refusalOf(row))} />,
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
            <State fault={faultOf(row, refusalOf(row))} />
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

function State({ fault }: { fault: string | null }) {
  if (fault !== null) return <span className="text-anomali whitespace-normal">{fault}</span>
  return (
    <Tag tone="good">
      <Trans>Siap</Trans>
    </Tag>
  )
}

/** Why a row cannot be recorded, in words; null when it can. */
function faultOf(row: PastedRow, refusal: string | undefined): string | null {
  if (refusal !== undefined) return refusal
  const [first] = Object.entries(row.problems) as [CellName, CellProblem][]
  return first ? i18n._(WORDS[first[1] === 'missing' && first[0] === 'volume' ? 'number' : first[1]]) : null
}

const WORDS: Readonly<Record<CellProblem | 'number', MessageDescriptor>> = {
  date: msg`Tanggal tidak dikenali`,
  location: msg`Lokasi tidak dikenal`,
  product: msg`Produk tidak dikenal`,
  digits: msg`Lebih dari 6 angka di belakang koma`,
  range: msg`Volume di luar batas`,
  number: msg`Volume bukan angka`,
  missing: msg`Kolom kosong`,
}
