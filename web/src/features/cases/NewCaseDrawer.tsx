/** A new case: about a customer by number, or about an incident; the rest can follow later. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId, useRef } from 'react'
import { Controller } from 'react-hook-form'
import { openCase, type CaseOut, type NewCase } from '@/api'
import { zNewCase } from '@/api/zod.gen'
import { refetchCases, typeWord } from '@/app/cases'
import { incidentQuery } from '@/app/incidents'
import { useDraftName, useMay } from '@/app/session'
import { useForm } from '@/app/useForm'
import { dayAfter, monthName, today } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import { Combobox } from '@/ui/Combobox'
import { Drawer } from '@/ui/Dialog'
import { TextArea, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import { useAssignees } from './names'
import { customersLikeQuery } from './queries'
import { FUEL_TYPES, METER_TYPES, PRIORITIES, PRIORITY_WORDS } from './words'

/** What it is about, where it was begun from a meter or an incident. */
interface Begun {
  nomen?: string
  period?: string
  kind?: CaseOut['type']
  incident?: string
}

interface NewCaseDrawerProps {
  open: boolean
  begun: Begun
  onClose: () => void
  onOpened: (id: string) => void
}

export default function NewCaseDrawer({ open, begun, onClose, onOpened }: NewCaseDrawerProps) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={t`Kasus baru`}
      description={<Trans>Satu hal yang perlu dicari tahu, dengan penanggung jawab dan tenggat.</Trans>}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan kasus</Trans>
        </Button>
      }
    >
      {open && <NewCaseForm formId={formId} begun={begun} onOpened={onOpened} />}
    </Drawer>
  )
}

interface Values {
  nomen: string
  type: CaseOut['type'] | ''
  description: string
  assignee_id: string | null
  due_date: string
  priority: CaseOut['priority']
}

function bodyOf(
  { nomen, type, description, assignee_id, due_date, priority }: Values,
  begun: Begun,
): NewCase {
  const about = begun.incident ? { incident_id: begun.incident } : { nomen: nomen.trim() }
  return {
    ...about,
    // Another customer's period says nothing of this one.
    ...(begun.period && begun.nomen === nomen.trim() && { period: begun.period }),
    ...(type && { type }),
    description,
    priority,
    assignee_id,
    due_date: due_date || null,
  }
}

function NewCaseForm({
  formId,
  begun,
  onOpened,
}: Pick<NewCaseDrawerProps, 'begun' | 'onOpened'> & { formId: string }) {
  const { t, i18n } = useLingui()
  const assignees = useAssignees()
  const opened = useRef<CaseOut>(null)
  const draft = useDraftName('case')
  const isFuel = begun.incident !== undefined
  const form = useForm<Values, NewCase>({
    defaults: {
      nomen: begun.nomen ?? '',
      type: begun.kind ?? (isFuel || begun.period ? '' : 'other'),
      description: '',
      assignee_id: null,
      due_date: '',
      priority: 'medium',
    },
    schema: zNewCase,
    bodyOf: values => bodyOf(values, begun),
    also: ({ nomen }) => ({ nomen: !isFuel && nomen.trim() === '' && t`Isi nomor pelanggan.` }),
    ...(begun.nomen === undefined && !isFuel && { draft }),
    send: async body => {
      opened.current = (await openCase({ body })).data
    },
    done: () => {
      void refetchCases()
      const one = opened.current
      if (!one) return
      const { number } = one
      toast({ text: t`Kasus #${number} dibuat.` })
      onOpened(one.id)
    },
  })
  const { register, errorOf, control, watch, setValue } = form
  const types = isFuel ? FUEL_TYPES : METER_TYPES
  return (
    <Form id={formId} form={form}>
      {begun.incident ? (
        <OfIncident id={begun.incident} />
      ) : (
        <NomenField
          typed={watch('nomen')}
          period={begun.nomen === watch('nomen').trim() ? begun.period : undefined}
          error={errorOf('nomen')}
          field={register('nomen')}
        />
      )}
      <Controller
        control={control}
        name="type"
        render={({ field }) => (
          <Select
            label={t`Jenis`}
            choices={[
              ...(isFuel || begun.period ? [{ value: '' as const, label: t`Menurut penilaian` }] : []),
              ...types.map(value => ({ value, label: typeWord(value) })),
            ]}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('type')}
          />
        )}
      />
      <TextArea
        label={t`Uraian`}
        rows={3}
        maxLength={4_000}
        error={errorOf('description')}
        {...register('description')}
      />
      <Controller
        control={control}
        name="assignee_id"
        render={({ field }) => (
          <Combobox
            label={t({ message: 'Penanggung jawab', context: 'kasus' })}
            placeholder={t`Belum ada`}
            choices={assignees}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('assignee_id')}
          />
        )}
      />
      <div className="flex flex-col gap-2">
        <TextField
          label={t`Tenggat`}
          type="date"
          min={today()}
          error={errorOf('due_date')}
          {...register('due_date')}
        />
        <div role="group" aria-label={t`Tenggat`} className="flex flex-wrap gap-1.5">
          {[
            { days: 1, label: t`Besok` },
            { days: 3, label: t`3 hari` },
            { days: 7, label: t`7 hari` },
          ].map(({ days, label }) => {
            const day = dayAfter(today(), days)
            return (
              <Chip key={days} pressed={watch('due_date') === day} onClick={() => setValue('due_date', day)}>
                {label}
              </Chip>
            )
          })}
        </div>
      </div>
      <Controller
        control={control}
        name="priority"
        render={({ field }) => (
          <Select
            label={t`Prioritas`}
            choices={PRIORITIES.map(value => ({ value, label: i18n._(PRIORITY_WORDS[value]) }))}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
    </Form>
  )
}

interface NomenFieldProps {
  typed: string
  /** The billing period it is about, where it was begun from one. */
  period: string | undefined
  error: string | undefined
  field: Record<string, unknown>
}

/** A customer's number, or a part of a name that leads to it. */
function NomenField({ typed, period, error, field }: NomenFieldProps) {
  const { t } = useLingui()
  const listId = useId()
  const mayFind = useMay('customers', 'r')
  const like = useQuery({ ...customersLikeQuery(typed.trim()), enabled: mayFind && typed.trim().length >= 3 })
  const found = like.data ?? []
  const exact = found.find(one => one.nomen === typed.trim())
  const when = period && monthName(`${period}-01`)
  const who = exact && [exact.name, exact.address].filter(Boolean).join(', ')
  return (
    <>
      <TextField
        label={t`Nomor pelanggan`}
        autoComplete="off"
        list={listId}
        error={error}
        hint={[who, when].filter(Boolean).join(' · ') || t`Nomor, atau tiga huruf dari namanya.`}
        {...field}
      />
      <datalist id={listId}>
        {found.map(one => (
          <option key={one.nomen} value={one.nomen}>
            {one.name}
          </option>
        ))}
      </datalist>
    </>
  )
}

function OfIncident({ id }: { id: string }) {
  const incident = useQuery(incidentQuery(id))
  const { location, product } = incident.data ?? {}
  return (
    <p className="text-sm">
      <span className="text-muted">
        <Trans>Tentang insiden</Trans>:
      </span>{' '}
      {location && product ? `${location.name} · ${product.name}` : '…'}
    </p>
  )
}
