import { i18n } from '@lingui/core'
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { ClipboardPaste, Download, FileUp } from 'lucide-react'
import { useEffect, useId, useMemo, useState } from 'react'
import { recordFuelTransactions, type BatchResult } from '@/api'
import type { Catalogue } from '@/app/catalogue'
import { useDraftName } from '@/app/session'
import { refetchFuel } from '@/app/unsent'
import { csv, download } from '@/lib/csv'
import { number, today } from '@/lib/format'
import { sentenceOf } from '@/lib/failure'
import { dropDraft, keepDraft, keptDraft } from '@/lib/kept'
import { Button, buttonLook } from '@/ui/Button'
import { CONTROL } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { Tag } from '@/ui/StatusBadge'
import { MOST_ROWS, readPasted, settle, type PastedRow, type Reasons, type Settled } from './pasted'
import { faultOf, LOCATION, PastedRows, PRODUCT, State } from './PastedRows'

interface Draft {
  text: string
  /** Names what is sent of it: rows sent again, from another page too, are not recorded twice. */
  batch: string
}

interface Sent {
  text: string
  rows: readonly PastedRow[]
}

type Done = Pick<BatchResult, 'recorded' | 'refused'> & Pick<Settled, 'doubtful'>

/** Paste a copied range, look at what was understood, send what is right. What is wrong stays, with its reason. */
export default function PasteMany({ catalogue }: { catalogue: Catalogue }) {
  const {
    t,
    i18n: { locale },
  } = useLingui()
  const draftName = useDraftName('paste')
  const [draft, setDraft] = useState(() => ({ ...begun(), ...keptDraft<Draft>(draftName) }))
  const { text, batch } = draft
  useEffect(() => keep(draftName, draft), [draftName, draft])
  const [refusals, setRefusals] = useState<Reasons>(new Map())
  const [done, setDone] = useState<Done | null>(null)
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
    mutationFn: async ({ rows: sent }: Sent) => {
      const items = sent.flatMap(row => (row.fact ? [row.fact] : []))
      const { data } = await recordFuelTransactions({
        body: { items },
        headers: { 'Idempotency-Key': `${batch}.${await digest(JSON.stringify(items))}` },
      })
      return data
    },
    onSuccess: ({ results, recorded, refused }, sent) => {
      const { text: left, refusals: found, doubtful } = settle(sent.text, sent.rows, results)
      const next = { ...begun(), text: left }
      setDraft(next)
      // Also for who went elsewhere meanwhile: what is recorded does not come back.
      keep(draftName, next)
      setRefusals(found)
      setDone({ recorded, refused, doubtful })
      refetchFuel()
    },
  })
  const busy = send.isPending
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
    setDraft(now => ({ ...now, text: next }))
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
          // While rows are under way, their lines stay where they are.
          readOnly={busy}
          value={text}
          aria-describedby={`${areaId}-hint`}
          placeholder={`2026-01-10\t${catalogue.locations[0]?.name ?? 'Gudang A'}\tSolar\t520`}
          onChange={event => take(event.target.value)}
          onDrop={event => {
            const [file] = event.dataTransfer.files
            if (!file) return
            event.preventDefault()
            if (!busy) void file.text().then(take)
          }}
          className={`${CONTROL} resize-y py-2 font-mono text-xs leading-5 whitespace-pre`}
        />
        <p id={`${areaId}-hint`} className="text-xs text-muted">
          <Trans>
            Empat kolom: tanggal, lokasi, produk BBM, volume. Nama atau kode; paling banyak {limit} baris.
          </Trans>
        </p>
        <label
          className={buttonLook(
            'quiet',
            'self-start focus-within:outline-2 focus-within:outline-brand has-disabled:opacity-60',
          )}
        >
          <FileUp aria-hidden className="size-4" />
          <Trans>Buka berkas CSV</Trans>
          <input
            type="file"
            accept=".csv,.tsv,.txt,text/csv"
            disabled={busy}
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
            {done.doubtful.length > 0 && (
              <span className="text-waspada">
                <Plural
                  value={done.doubtful.length}
                  other="# di antaranya mungkin tercatat dua kali. Yang memang ganda dibatalkan di Transaksi."
                />
              </span>
            )}
          </p>
        )}
      </div>
      {done && done.doubtful.length > 0 && <Doubtful found={done.doubtful} />}
      <FormError>{send.isError ? sentenceOf(send.error) : null}</FormError>
      {rows.length > 0 && (
        <>
          <div className="flex flex-wrap items-center gap-3">
            <Button
              look="primary"
              busy={busy}
              disabled={ready.length === 0}
              onClick={() => send.mutate({ text, rows: ready })}
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
          <PastedRows
            label={t`Pratinjau baris`}
            rows={rows}
            wordOf={row => faultOf(row, refusalOf(row)) ?? ''}
            state={row => <State fault={faultOf(row, refusalOf(row))} />}
          />
        </>
      )}
    </div>
  )
}

function begun(): Draft {
  return { text: '', batch: crypto.randomUUID() }
}

function keep(name: string, draft: Draft): void {
  if (draft.text) keepDraft(name, draft)
  else dropDraft(name)
}

async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

function Doubtful({ found }: { found: Settled['doubtful'] }) {
  const { t } = useLingui()
  const whyOf = new Map(found.map(({ row, why }) => [row, why]))
  const why = (row: PastedRow) => whyOf.get(row) ?? ''
  return (
    <PastedRows
      label={t`Mungkin tercatat dua kali`}
      rows={found.map(({ row }) => row)}
      wordOf={why}
      state={row => <span className="whitespace-normal text-waspada">{why(row)}</span>}
    />
  )
}
