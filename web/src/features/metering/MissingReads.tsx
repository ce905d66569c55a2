/** Periods that nobody read: which they are, and for those who may, what the register would have shown. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Calculator } from 'lucide-react'
import { useId, useState } from 'react'
import { estimateMissingRead, type MeterAnomaly, type NewEstimate, type ProposedRead } from '@/api'
import { zNewEstimate } from '@/api/zod.gen'
import { useMay } from '@/app/session'
import { useForm } from '@/app/useForm'
import { sentenceOf } from '@/lib/failure'
import { cubic, date } from '@/lib/format'
import { fieldName, ProblemError, underLabel } from '@/lib/problem'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextArea, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Skeleton } from '@/ui/States'
import { useKept } from './Corrections'
import { Fact, FACTS } from './parts'
import { missingReadQuery } from './queries'
import { periodWords } from './scopes'
import { unread } from './uses'

interface MissingReadsProps {
  nomen: string
  reads: readonly MeterAnomaly[]
  /** The period that the list shows. */
  until: string | null | undefined
}

export function MissingReads({ nomen, reads, until }: MissingReadsProps) {
  const { t } = useLingui()
  const formId = useId()
  const mayEstimate = useMay('meters', 'c')
  const [chosen, setChosen] = useState<string | null>(null)
  const missing = unread(reads, until)
  const close = () => setChosen(null)
  const period = chosen === null ? '' : periodWords(chosen)
  return (
    <>
      {missing.length > 0 && (
        <section className="flex flex-col gap-2">
          <h3 className="text-sm font-semibold">
            <Trans>Periode tanpa bacaan</Trans>
          </h3>
          <ul className="divide-y divide-line rounded-lg border border-line">
            {missing.map(one => (
              <Missing key={one} of={one} onEstimate={mayEstimate ? () => setChosen(one) : undefined} />
            ))}
          </ul>
        </section>
      )}
      <Dialog
        open={chosen !== null}
        onClose={close}
        title={t`Perkirakan ${period}`}
        description={
          <Trans>Tidak ada bacaan di periode ini. Perkiraan berlaku sampai ada berkas yang membawanya.</Trans>
        }
        footer={
          <Button type="submit" form={formId} look="primary">
            <Trans>Simpan</Trans>
          </Button>
        }
      >
        {chosen !== null && <EstimateForm formId={formId} nomen={nomen} period={chosen} onDone={close} />}
      </Dialog>
    </>
  )
}

interface MissingProps {
  of: string
  /** Absent: they may not. */
  onEstimate: (() => void) | undefined
}

function Missing({ of, onEstimate }: MissingProps) {
  const { t } = useLingui()
  const period = periodWords(of)
  return (
    <li className="flex min-h-11 items-center justify-between gap-2 px-3 py-1 text-sm">
      <span>{period}</span>
      {onEstimate && (
        <Button
          icon={<Calculator aria-hidden className="size-4" />}
          aria-label={t`Perkirakan ${period}`}
          onClick={onEstimate}
        >
          <Trans>Perkirakan</Trans>
        </Button>
      )}
    </li>
  )
}

interface EstimateFormProps {
  formId: string
  nomen: string
  period: string
  onDone: () => void
}

function EstimateForm({ formId, nomen, period, onDone }: EstimateFormProps) {
  const { t } = useLingui()
  const form = useForm<{ read_date: string; reason: string }, NewEstimate>({
    defaults: { read_date: '', reason: '' },
    schema: zNewEstimate,
    bodyOf: ({ read_date, reason }) => ({ period, reason, ...(read_date && { read_date }) }),
    missing: { reason: t`Isi alasannya.` },
    send: body => estimateMissingRead({ path: { nomen }, body }),
    done: useKept(onDone),
  })
  const { register, errorOf, watch } = form
  const proposed = useQuery(missingReadQuery(nomen, period, watch('read_date')))
  const refused = proposed.error instanceof ProblemError ? proposed.error.errors : []
  const fault = refused.find(one => fieldName(one.field) === 'read_date')
  const ofDate = fault && underLabel(fault).message
  const usual = proposed.data && date(proposed.data.read_date)
  return (
    <Form id={formId} form={form}>
      {proposed.data ? (
        <Proposed one={proposed.data} />
      ) : proposed.isPending ? (
        <Skeleton lines={3} />
      ) : (
        !ofDate && (
          <p role="alert" className="text-sm text-anomali">
            {sentenceOf(proposed.error)}
          </p>
        )
      )}
      <TextField
        label={t`Tanggal baca`}
        type="date"
        hint={usual && <Trans>Dihitung sampai {usual}</Trans>}
        error={errorOf('read_date') ?? ofDate}
        {...register('read_date')}
      />
      <TextArea label={t`Alasan`} rows={3} error={errorOf('reason')} {...register('reason')} />
    </Form>
  )
}

/** What would be kept, and what it rests on. */
function Proposed({ one }: { one: ProposedRead }) {
  const since = date(one.previous_date)
  return (
    <dl className={FACTS}>
      <Fact name={<Trans>Stand</Trans>}>
        <span className="tabular">
          {cubic(one.previous_m3)} → {cubic(one.stand_m3)}
        </span>
      </Fact>
      <Fact name={<Trans>Pemakaian</Trans>}>
        <span className="tabular">{cubic(one.volume_m3)}</span>
        <span className="text-muted">
          {' '}
          <Plural value={one.days} other={`dalam # hari sejak ${since}`} />
        </span>
      </Fact>
      <Fact name={<Trans>Biasanya</Trans>}>
        <span className="tabular">{cubic(one.usual_m3, 1)}</span>
        <span className="text-muted">
          {' '}
          <Plural value={one.periods} other="per 30 hari, dari # periode yang dibaca" />
        </span>
      </Fact>
    </dl>
  )
}
