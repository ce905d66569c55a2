/** What somebody found in the field. */
import { Trans, useLingui } from '@lingui/react/macro'
import { Footprints, PencilLine } from 'lucide-react'
import { useId, useState } from 'react'
import { Controller } from 'react-hook-form'
import { recordCaseVisit, type CaseDetail, type CaseVisit, type NewVisit } from '@/api'
import { zNewVisit } from '@/api/zod.gen'
import { refetchCases } from '@/app/cases'
import { useDraftName, useMay } from '@/app/session'
import { useForm } from '@/app/useForm'
import { moment, HOME_ZONE, instantAt, quantity } from '@/lib/format'
import { parseDecimal } from '@/lib/quantity'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextArea, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { NumberField } from '@/ui/NumberField'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import { useNames } from './names'
import { StandDialog } from './StandDialog'
import { OUTCOMES } from './words'

export function Visits({ one }: { one: CaseDetail }) {
  const mayRecord = useMay('cases', 'c') && one.status !== 'closed'
  const [asked, setAsked] = useState(false)
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Hasil lapangan</Trans>
      </h3>
      {one.visits.length > 0 ? (
        <ul className="divide-y divide-line rounded-lg border border-line">
          {one.visits.map(visit => (
            <Visit key={visit.id} one={one} visit={visit} />
          ))}
        </ul>
      ) : (
        <p className="text-sm text-muted">
          <Trans>Belum ada kunjungan.</Trans>
        </p>
      )}
      {mayRecord && (
        <Button
          className="self-start"
          icon={<Footprints aria-hidden className="size-4" />}
          onClick={() => setAsked(true)}
        >
          <Trans>Catat hasil kunjungan</Trans>
        </Button>
      )}
      <VisitDialog one={one} open={asked} onClose={() => setAsked(false)} />
    </section>
  )
}

function Visit({ one, visit }: { one: CaseDetail; visit: CaseVisit }) {
  const { i18n } = useLingui()
  const nameOf = useNames()
  const mayCorrect = useMay('meters', 'u')
  const [taken, setTaken] = useState(false)
  const { nomen } = one
  const { stand_m3 } = visit
  return (
    <li className="px-3 py-2 text-sm">
      <p className="text-xs text-muted">
        {nameOf(visit.recorded_by)} · {moment(visit.visited_at)}
      </p>
      <p>
        <span className="font-medium">{i18n._(OUTCOMES[visit.outcome])}</span>
        {visit.stand_m3 !== null && (
          <>
            {' · '}
            <Trans>stand {quantity(visit.stand_m3, 'm³', 3)}</Trans>
          </>
        )}
      </p>
      {visit.note && <p className="break-words whitespace-pre-line text-muted">{visit.note}</p>}
      {mayCorrect && nomen !== null && stand_m3 !== null && (
        <>
          <Button
            className="mt-2"
            icon={<PencilLine aria-hidden className="size-4" />}
            onClick={() => setTaken(true)}
          >
            <Trans>Pakai stand ini sebagai koreksi</Trans>
          </Button>
          <StandDialog
            one={{ ...one, nomen }}
            visit={{ ...visit, stand_m3 }}
            open={taken}
            onClose={() => setTaken(false)}
          />
        </>
      )}
    </li>
  )
}

function VisitDialog({ one, open, onClose }: { one: CaseDetail; open: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t`Hasil kunjungan`}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan hasil</Trans>
        </Button>
      }
    >
      {open && <VisitForm formId={formId} one={one} onDone={onClose} />}
    </Dialog>
  )
}

interface Values {
  visited_at: string
  outcome: NewVisit['outcome'] | ''
  stand: string
  note: string
}

/** Now, as clocks of the office show it. */
function wallNow(): string {
  return new Intl.DateTimeFormat('sv', { timeZone: HOME_ZONE, dateStyle: 'short', timeStyle: 'short' })
    .format(new Date())
    .replace(' ', 'T')
}

function VisitForm({ formId, one, onDone }: { formId: string; one: CaseDetail; onDone: () => void }) {
  const { t, i18n } = useLingui()
  const form = useForm<Values, NewVisit>({
    defaults: { visited_at: wallNow(), outcome: '', stand: '', note: '' },
    schema: zNewVisit,
    bodyOf: ({ visited_at, outcome, stand, note }) => ({
      visited_at: Number.isNaN(instantAt(visited_at)) ? '' : new Date(instantAt(visited_at)).toISOString(),
      outcome,
      stand_m3: stand === '' ? null : (parseDecimal(stand, i18n.locale) ?? stand),
      note,
    }),
    draft: useDraftName(`visit.${one.id}`),
    missing: { visited_at: t`Isi kapan dikunjungi.`, outcome: t`Pilih hasilnya.` },
    send: body => recordCaseVisit({ path: { case_id: one.id }, body }),
    done: () => {
      void refetchCases()
      toast({ text: t`Hasil kunjungan tersimpan.` })
      onDone()
    },
  })
  const { register, errorOf, control } = form
  return (
    <Form id={formId} form={form}>
      <TextField
        label={t`Kapan (WIB)`}
        type="datetime-local"
        error={errorOf('visited_at')}
        {...register('visited_at')}
      />
      <Controller
        control={control}
        name="outcome"
        render={({ field }) => (
          <Select
            label={t`Yang ditemukan`}
            choices={[
              { value: '' as const, label: t`Pilih` },
              ...Object.entries(OUTCOMES).map(([value, word]) => ({
                value: value as NewVisit['outcome'],
                label: i18n._(word),
              })),
            ]}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('outcome')}
          />
        )}
      />
      {one.domain === 'meter' && (
        <NumberField label={t`Stand meter`} unit="m³" error={errorOf('stand')} {...register('stand')} />
      )}
      <TextArea
        label={t({ message: 'Catatan', context: 'kunjungan' })}
        rows={3}
        error={errorOf('note')}
        {...register('note')}
      />
    </Form>
  )
}
