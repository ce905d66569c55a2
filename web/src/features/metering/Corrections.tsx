/** What a register showed as the file says it, beside what people made of it: corrected, estimated, taken back. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Calculator, PencilLine, Undo2 } from 'lucide-react'
import { useId, useState } from 'react'
import {
  editRegisterRead,
  estimateRegisterRead,
  revertRegisterRead,
  type ReadEdit,
  type ReadEstimate,
  type ReadVersionOut,
  type RegisterRead,
} from '@/api'
import { zReadEdit, zReadEstimate } from '@/api/zod.gen'
import { usePeople } from '@/app/people'
import { refetchCorrected } from '@/app/reads'
import { useMay } from '@/app/session'
import { useForm } from '@/app/useForm'
import { sentenceOf } from '@/lib/failure'
import { cubic, moment } from '@/lib/format'
import { ProblemError } from '@/lib/problem'
import { parseDecimal } from '@/lib/quantity'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextArea, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { NumberField } from '@/ui/NumberField'
import { toast } from '@/ui/Toast'
import { Fact, FACTS } from './parts'
import { registerReadQuery } from './queries'
import { periodWords } from './scopes'

type Way = 'edit' | 'estimate'

/** The read of a period: raw, validated, who said so; for those who may, the ways to correct it. */
export function Corrections({ nomen, period }: { nomen: string; period: string }) {
  const mayRead = useMay('meters', 'r')
  const found = useQuery({ ...registerReadQuery(nomen, period), enabled: mayRead, retry: false })
  const [way, setWay] = useState<Way | null>(null)
  const mayCorrect = useMay('meters', 'u')
  const gone = found.error instanceof ProblemError && found.error.status === 404
  // A judgement may stand of a read that was taken back since, and limited members see no reads.
  if (!found.data || gone) return null
  const read = found.data
  const people = read.versions.filter(version => version.said_by !== null)
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Bacaan meter</Trans>
      </h3>
      <dl className={FACTS}>
        <Fact name={<Trans>Menurut berkas</Trans>}>
          <span className="tabular">{cubic(read.raw?.stand_m3)}</span>
        </Fact>
        <Fact name={<Trans>Yang dipakai</Trans>}>
          <span className="tabular">{cubic(read.validated.stand_m3)}</span>
        </Fact>
      </dl>
      {people.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {people.toReversed().map(version => (
            <Said key={version.version} version={version} />
          ))}
        </ul>
      )}
      {mayCorrect && (
        <div className="flex flex-wrap gap-2">
          <Button icon={<PencilLine aria-hidden className="size-4" />} onClick={() => setWay('edit')}>
            <Trans>Koreksi bacaan</Trans>
          </Button>
          <Button icon={<Calculator aria-hidden className="size-4" />} onClick={() => setWay('estimate')}>
            <Trans>Pakai perkiraan</Trans>
          </Button>
          {read.method !== 'RAW' && <Revert read={read} />}
        </div>
      )}
      <CorrectionDialog read={read} way={way} onClose={() => setWay(null)} />
    </section>
  )
}

function Said({ version }: { version: ReadVersionOut }) {
  const nameOf = usePeople()
  return (
    <li className="px-3 py-2 text-sm">
      <p className="text-xs text-muted">
        {nameOf(version.said_by ?? '')} · {moment(version.said_at)}
      </p>
      <p>
        <span className="tabular">{cubic(version.stand_m3)}</span>
        {version.method === 'ESTIMATED' && (
          <>
            {' · '}
            <Trans>perkiraan</Trans>
          </>
        )}
        {version.is_withdrawn && (
          <>
            {' · '}
            <Trans>dibatalkan</Trans>
          </>
        )}
      </p>
      {version.reason && <p className="break-words text-muted">{version.reason}</p>}
    </li>
  )
}

function Revert({ read }: { read: RegisterRead }) {
  const { t } = useLingui()
  const [busy, setBusy] = useState(false)
  const revert = async () => {
    setBusy(true)
    try {
      await revertRegisterRead(addressed(read))
      toast({ text: t`Koreksi dibatalkan; periode ini dinilai lagi.` })
    } catch (error) {
      toast({ text: sentenceOf(error) })
    } finally {
      setBusy(false)
      refetchCorrected()
    }
  }
  return (
    <Button busy={busy} icon={<Undo2 aria-hidden className="size-4" />} onClick={() => void revert()}>
      <Trans>Batalkan koreksi</Trans>
    </Button>
  )
}

/** Which read a change is of, as it was seen. */
function addressed(read: RegisterRead) {
  return {
    path: { nomen: read.nomen, period: read.period },
    headers: { 'If-Match': `"${read.version}"` },
  }
}

interface CorrectionDialogProps {
  read: RegisterRead
  way: Way | null
  onClose: () => void
}

function CorrectionDialog({ read, way, onClose }: CorrectionDialogProps) {
  const { t } = useLingui()
  const formId = useId()
  const period = periodWords(read.period)
  return (
    <Dialog
      open={way !== null}
      onClose={onClose}
      title={way === 'estimate' ? t`Perkirakan ${period}` : t`Koreksi bacaan ${period}`}
      description={
        way === 'estimate' ? (
          <Trans>Rata-rata pemakaian tiga periode terakhir yang benar-benar dibaca dipakai di sini.</Trans>
        ) : (
          <Trans>Angka dari berkas tetap disimpan, dan periode ini dinilai lagi.</Trans>
        )
      }
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      {way === 'edit' && <EditForm formId={formId} read={read} onDone={onClose} />}
      {way === 'estimate' && <EstimateForm formId={formId} read={read} onDone={onClose} />}
    </Dialog>
  )
}

interface CorrectionFormProps {
  formId: string
  read: RegisterRead
  onDone: () => void
}

/** Say that it is kept, and show what follows. */
export function useKept(onDone: () => void) {
  const { t } = useLingui()
  return () => {
    refetchCorrected()
    toast({ text: t`Tersimpan; periode ini dinilai lagi.` })
    onDone()
  }
}

function EditForm({ formId, read, onDone }: CorrectionFormProps) {
  const { t, i18n } = useLingui()
  const form = useForm<{ stand_m3: string; serial: string; reason: string }, ReadEdit>({
    defaults: { stand_m3: '', serial: read.serial, reason: '' },
    schema: zReadEdit,
    bodyOf: ({ stand_m3, ...said }) => ({
      stand_m3: parseDecimal(stand_m3, i18n.locale) ?? stand_m3,
      ...said,
    }),
    missing: { stand_m3: t`Isi stand yang benar.`, reason: t`Isi alasannya.` },
    send: body => editRegisterRead({ ...addressed(read), body }),
    done: useKept(onDone),
  })
  const { register, errorOf } = form
  return (
    <Form id={formId} form={form}>
      <NumberField
        label={t`Stand yang benar`}
        unit="m³"
        hint={<Trans>Sekarang {cubic(read.validated.stand_m3)}</Trans>}
        error={errorOf('stand_m3')}
        {...register('stand_m3')}
      />
      <TextField
        label={<Trans>Nomor meter</Trans>}
        error={errorOf('serial')}
        autoComplete="off"
        {...register('serial')}
      />
      <TextArea label={t`Alasan`} rows={3} error={errorOf('reason')} {...register('reason')} />
    </Form>
  )
}

function EstimateForm({ formId, read, onDone }: CorrectionFormProps) {
  const { t } = useLingui()
  const form = useForm<{ reason: string }, ReadEstimate>({
    defaults: { reason: '' },
    schema: zReadEstimate,
    missing: { reason: t`Isi alasannya.` },
    send: body => estimateRegisterRead({ ...addressed(read), body }),
    done: useKept(onDone),
  })
  const { register, errorOf } = form
  return (
    <Form id={formId} form={form}>
      <TextArea label={t`Alasan`} rows={3} error={errorOf('reason')} {...register('reason')} />
    </Form>
  )
}
