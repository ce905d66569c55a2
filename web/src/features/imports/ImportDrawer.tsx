/** One import: what the file is, what saving it would do, and how it can be taken back. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Download } from 'lucide-react'
import { useState } from 'react'
import { commitImport, type ImportDetail } from '@/api'
import { usePeople } from '@/app/people'
import { useMay } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { moment, number } from '@/lib/format'
import { Button, buttonLook } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { Columns } from './Columns'
import { isAskedAmongColumns } from './mapping'
import { Questions } from './Questions'
import { Samples } from './Samples'
import { importQuery, moves, previewQuery, refetchImports, saveErrors, typesQuery } from './queries'
import { useSaying } from './saying'
import { StateTag } from './states'
import { GoingOn, Undoing } from './Undoing'

/** The type of file whose rows are judged: register reads. */
const READS = 'SBRS'

/** What blocks no commit, but asks to look at the new preview first. */
const LOOK_AGAIN = 'books_changed'

interface Props {
  id: string | undefined
  onClose: () => void
}

export default function ImportDrawer({ id, onClose }: Props) {
  const one = useQuery({ ...importQuery(id ?? ''), enabled: id !== undefined })
  const found = one.data
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={<span className="wrap-anywhere">{found?.file_name ?? <Trans>Impor</Trans>}</span>}
      description={found && <StateTag state={found.state} />}
      footer={found && <Acts found={found} />}
    >
      {found ? (
        <Body found={found} />
      ) : one.isError ? (
        <Failed
          what={<Trans>Impor ini belum bisa dimuat.</Trans>}
          error={one.error}
          onRetry={() => void one.refetch()}
        />
      ) : (
        <Skeleton lines={6} />
      )}
    </Drawer>
  )
}

function Body({ found }: { found: ImportDetail }) {
  const { t } = useLingui()
  const saying = useSaying(found)
  const questions =
    found.state === 'needs_mapping'
      ? (found.sheets[found.sheet]?.questions ?? []).filter(one => !isAskedAmongColumns(one))
      : []
  const open = found.state === 'needs_mapping' || found.state === 'preview'
  const answered = (open && found.sheets[found.sheet]?.answered) || []
  return (
    <div className="flex flex-col gap-5">
      {moves(found.state) && (
        <progress
          aria-label={t`Kemajuan`}
          value={found.progress}
          max={1}
          className="h-2 w-full accent-brand"
        />
      )}
      {found.blocks.map(block => (
        <p
          key={block.message}
          role="status"
          className="flex flex-wrap items-center justify-between gap-2 rounded-md bg-waspada-soft px-3 py-2 text-sm text-waspada"
        >
          <span className="min-w-0 flex-1">{block.message}</span>
          {block.code === 'file_repeats' && open && (
            <Button busy={saying.isPending} onClick={() => saying.mutate({ anyway: true })}>
              <Trans>Tetap impor</Trans>
            </Button>
          )}
          {block.code === 'sheets_left_out' && open && (
            <Button busy={saying.isPending} onClick={() => saying.mutate({ confirmed: true })}>
              <Trans>Lembar ini saja</Trans>
            </Button>
          )}
          {block.code.endsWith('_disagrees') && open && (
            <Button busy={saying.isPending} onClick={() => saying.mutate({ confirmed: true })}>
              <Trans>Ya, benar</Trans>
            </Button>
          )}
        </p>
      ))}
      {open && <Meant key={`${found.type}.${found.period}.${found.sheet}`} found={found} />}
      {questions.length > 0 && <Questions key={found.version} found={found} questions={questions} />}
      {answered.length > 0 && (
        <details className="rounded-lg border border-line">
          <summary className="cursor-pointer px-4 py-3 text-sm font-semibold">
            <Plural value={answered.length} other="Jawaban yang dipakai: #" />
          </summary>
          <Questions key={`answered ${found.version}`} found={found} questions={answered} />
        </details>
      )}
      {open && found.type && <Columns key={`columns ${found.version}`} found={found} />}
      {found.rows > 0 && found.preview && <Counts found={found} />}
      {found.preview && found.state === 'preview' && <Preview found={found} preview={found.preview} />}
      <History found={found} />
    </div>
  )
}

/** Type, period and sheet, each to be said otherwise. */
function Meant({ found }: { found: ImportDetail }) {
  const { t } = useLingui()
  const types = useQuery(typesQuery)
  const saying = useSaying(found)
  const [period, setPeriod] = useState(found.period ?? '')
  return (
    <div className="grid items-end gap-3 sm:grid-cols-2">
      <Select
        label={t`Jenis berkas`}
        choices={[
          ...(found.type ? [] : [{ value: '', label: t`Belum dikenali` }]),
          ...(types.data ?? []).map(({ type, title }) => ({ value: type, label: title })),
        ]}
        value={found.type ?? ''}
        onChange={type => saying.mutate({ type })}
        disabled={saying.isPending}
      />
      <form
        className="flex items-end gap-2"
        onSubmit={event => {
          event.preventDefault()
          saying.mutate({ period })
        }}
      >
        <TextField
          className="min-w-0 flex-1"
          label={t`Periode`}
          type="month"
          value={period}
          onChange={event => setPeriod(event.target.value)}
        />
        {period !== (found.period ?? '') && period !== '' && (
          <Button type="submit" busy={saying.isPending}>
            <Trans>Ubah</Trans>
          </Button>
        )}
      </form>
      {found.sheets.length > 1 && (
        <Select
          label={t`Lembar`}
          choices={found.sheets.map(one => ({
            value: String(one.sheet),
            label: one.name ?? t`Lembar ${one.sheet + 1}`,
          }))}
          value={String(found.sheet)}
          onChange={sheet => saying.mutate({ sheet: Number(sheet) })}
          disabled={saying.isPending}
        />
      )}
    </div>
  )
}

function Counts({ found }: { found: ImportDetail }) {
  const { created, updated, unchanged, rejected } = found.counts
  const would = found.state === 'preview'
  const cells = [
    { key: 'created', label: <Trans>Baru</Trans>, value: created },
    { key: 'updated', label: <Trans>Berubah</Trans>, value: updated },
    { key: 'unchanged', label: <Trans>Sama</Trans>, value: unchanged },
    { key: 'rejected', label: <Trans>Ditolak</Trans>, value: rejected },
  ]
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">{would ? <Trans>Bila disimpan</Trans> : <Trans>Hasil</Trans>}</h3>
      <dl className="grid grid-cols-2 gap-2 sm:grid-cols-4">
        {cells.map(({ key, label, value }) => (
          <div key={key} className="rounded-md border border-line px-3 py-2">
            <dt className="text-xs text-muted">{label}</dt>
            <dd className="text-lg font-semibold tabular-nums">{number(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

function Preview({ found, preview }: { found: ImportDetail; preview: string }) {
  const samples = useQuery(previewQuery(found.id, preview))
  const fields = useQuery(typesQuery).data?.find(one => one.type === found.type)?.fields ?? []
  if (samples.isPending) return <Skeleton lines={4} />
  if (samples.isError)
    return (
      <Failed
        what={<Trans>Pratinjau belum bisa dimuat.</Trans>}
        error={samples.error}
        onRetry={() => void samples.refetch()}
      />
    )
  const { create, update, unchanged, error } = samples.data
  const labels = Object.fromEntries(fields.map(({ name, label }) => [name, label]))
  const headers = { ...labels, ...found.sheets[found.sheet]?.columns }
  return (
    <>
      <Samples title={<Trans>Yang ditolak</Trans>} rows={error} headers={headers} />
      <Samples title={<Trans>Yang berubah</Trans>} rows={update} headers={headers} />
      <Samples title={<Trans>Yang baru</Trans>} rows={create} headers={headers} />
      <Samples title={<Trans>Yang sama</Trans>} rows={unchanged} headers={headers} />
    </>
  )
}

function History({ found }: { found: ImportDetail }) {
  const nameOf = usePeople()
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1 text-xs text-muted">
      <dt>
        <Trans>Diunggah</Trans>
      </dt>
      <dd>
        {moment(found.uploaded_at)} · {nameOf(found.uploaded_by)}
      </dd>
      {found.committed_at && (
        <>
          <dt>
            <Trans>Disimpan</Trans>
          </dt>
          <dd>
            {moment(found.committed_at)}
            {found.committed_by && <> · {nameOf(found.committed_by)}</>}
            {found.duration_s !== null && (
              <>
                {' · '}
                <Trans>{number(found.duration_s, 1)} detik</Trans>
              </>
            )}
          </dd>
        </>
      )}
      {found.undone_at && (
        <>
          <dt>
            <Trans>Dibatalkan</Trans>
          </dt>
          <dd>
            {moment(found.undone_at)}
            {found.undone_by && <> · {nameOf(found.undone_by)}</>}
          </dd>
        </>
      )}
      <dt>SHA-256</dt>
      <dd className="break-all">{found.sha256}</dd>
    </dl>
  )
}

function Acts({ found }: { found: ImportDetail }) {
  const mayCommit = useMay('imports', 'c')
  const mayUndo = useMay('imports', 'u')
  const seesMeter = useMay('anomalies', 'r')
  const commit = useMutation({
    mutationFn: () => commitImport({ path: { import_id: found.id }, body: { preview: found.preview ?? '' } }),
    onSettled: refetchImports,
    onError: error => toast({ text: sentenceOf(error) }),
  })
  const errors = useMutation({
    mutationFn: () => saveErrors(found.id),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  const done = found.state === 'completed' || found.state === 'completed_with_errors'
  const goesOn = found.state === 'failed' && found.committed_at !== null
  const count = found.counts.created + found.counts.updated
  return (
    <>
      {found.preview && found.counts.rejected > 0 && !moves(found.state) && (
        <Button
          busy={errors.isPending}
          icon={<Download aria-hidden className="size-4" />}
          onClick={() => errors.mutate()}
        >
          <Trans>Unduh yang ditolak</Trans>
        </Button>
      )}
      {done && mayUndo && <Undoing found={found} />}
      {found.state === 'undoing' && mayUndo && <GoingOn found={found} />}
      {done && found.type === READS && seesMeter && (
        <Link
          to="/meter"
          search={found.period ? { period: found.period } : {}}
          className={buttonLook('primary')}
        >
          <Trans>Lihat anomali meter</Trans>
        </Link>
      )}
      {(found.state === 'preview' || goesOn) && mayCommit && (
        <Button
          look="primary"
          busy={commit.isPending}
          disabled={found.blocks.some(block => block.code !== LOOK_AGAIN) && !goesOn}
          onClick={() => commit.mutate()}
        >
          <Plural value={count} other="Simpan # baris" />
        </Button>
      )}
    </>
  )
}
