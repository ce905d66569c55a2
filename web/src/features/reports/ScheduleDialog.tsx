/** When a report is made, of what, and to whom it goes. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { changeReportSchedule, scheduleReport, type NewSchedule, type ScheduleOut } from '@/api'
import { zNewSchedule } from '@/api/zod.gen'
import { locationChoices, useCatalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { useMay, useSession } from '@/app/session'
import { useForm } from '@/app/useForm'
import { HOME_ZONE } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import { membersQuery } from './queries'
import { useWeekdays } from './weekdays'

const ZONES: readonly string[] = [HOME_ZONE, 'Asia/Makassar', 'Asia/Jayapura']
const DAYS = 28

interface Values {
  period: 'month' | 'week'
  day: number
  time: string
  timezone: string
  location_id: string | null
  format: 'pdf' | 'xlsx'
  recipients: string[]
}

const DEFAULTS: Omit<Values, 'recipients'> = {
  period: 'month',
  day: 1,
  time: '07:00',
  timezone: HOME_ZONE,
  location_id: null,
  format: 'pdf',
}

interface DialogProps {
  /** The one that is changed; null: a new one. */
  schedule: ScheduleOut | null
  open: boolean
  onClose: () => void
}

export function ScheduleDialog({ schedule, open, onClose }: DialogProps) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={schedule ? t`Ubah jadwal` : t`Jadwalkan laporan`}
      description={
        schedule ? (
          <Trans>Jenis dan lokasi laporan tetap; untuk yang lain, buat jadwal baru.</Trans>
        ) : (
          <Trans>Laporan memuat apa yang boleh Anda lihat, dari periode yang baru berakhir.</Trans>
        )
      }
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan jadwal</Trans>
        </Button>
      }
    >
      {open && (
        <ScheduleForm key={schedule?.id ?? 'new'} formId={formId} schedule={schedule} onDone={onClose} />
      )}
    </Dialog>
  )
}

interface FormProps {
  formId: string
  schedule: ScheduleOut | null
  onDone: () => void
}

function valuesOf({ period, day, time, timezone, location_id, format, recipients }: ScheduleOut): Values {
  return { period, day, time, timezone, location_id, format, recipients }
}

/** Send all that may change of a schedule, unless somebody else changed it meanwhile. */
function change(schedule: ScheduleOut, { day, time, timezone, format, recipients }: NewSchedule) {
  return changeReportSchedule({
    path: { id: schedule.id },
    headers: { 'If-Match': `"${schedule.version}"` },
    body: { day, time, timezone, format, recipients },
  })
}

function ScheduleForm({ formId, schedule, onDone }: FormProps) {
  const { t, i18n } = useLingui()
  const { user } = useSession()
  const seesMembers = useMay('users', 'r')
  const catalogue = useCatalogue()
  const weekdays = useWeekdays()
  const members = useQuery({ ...membersQuery, enabled: seesMembers })
  const people = members.data?.filter(one => one.is_active) ?? [user]
  const form = useForm({
    defaults: schedule ? valuesOf(schedule) : { ...DEFAULTS, recipients: [user.id] },
    schema: zNewSchedule,
    bodyOf: values => ({
      ...values,
      language: schedule?.language ?? (i18n.locale === 'en' ? 'en' : 'id'),
      // Who left meanwhile is not on offer any more, and gets no mail.
      recipients: members.data
        ? values.recipients.filter(id => people.some(one => one.id === id))
        : values.recipients,
    }),
    send: body => (schedule ? change(schedule, body) : scheduleReport({ body })),
    done: () => {
      refetch('listReportSchedules')
      toast({ text: t`Jadwal tersimpan.` })
      onDone()
    },
  })
  const values = form.watch()
  const chosen = new Set(values.recipients)
  return (
    <Form id={formId} form={form}>
      <div className="grid grid-cols-2 gap-3">
        {!schedule && (
          <Select
            label={t`Laporan`}
            choices={[
              { value: 'month', label: t`Bulanan` },
              { value: 'week', label: t`Mingguan` },
            ]}
            value={values.period}
            onChange={next => {
              form.setValue('period', next)
              form.setValue('day', 1)
            }}
          />
        )}
        <Select
          label={values.period === 'month' ? t`Tanggal` : t`Hari`}
          error={form.errorOf('day')}
          choices={
            values.period === 'month'
              ? Array.from({ length: DAYS }, (_, at) => ({ value: String(at + 1), label: String(at + 1) }))
              : weekdays.map((label, at) => ({ value: String(at + 1), label }))
          }
          value={String(values.day)}
          onChange={next => form.setValue('day', Number(next))}
        />
        <TextField label={t`Pukul`} type="time" error={form.errorOf('time')} {...form.register('time')} />
        <Select
          label={t`Zona waktu`}
          error={form.errorOf('timezone')}
          choices={ZONES.map((zone, at) => ({
            value: zone,
            label: ['WIB', 'WITA', 'WIT'][at] ?? zone,
          }))}
          value={values.timezone}
          onChange={next => form.setValue('timezone', next)}
        />
      </div>
      {!schedule && (
        <Combobox
          label={t({ message: 'Lokasi', context: 'satu' })}
          placeholder={t`Semua lokasi`}
          choices={locationChoices(catalogue, false)}
          value={values.location_id}
          onChange={next => form.setValue('location_id', next)}
        />
      )}
      <Select
        label={t`Berkas`}
        choices={[
          { value: 'pdf', label: 'PDF' },
          { value: 'xlsx', label: 'Excel (XLSX)' },
        ]}
        value={values.format}
        onChange={next => form.setValue('format', next)}
      />
      <fieldset className="flex flex-col">
        <legend className="mb-1 text-sm font-medium">
          <Trans>Dikirim ke</Trans>
        </legend>
        {people.map(one => (
          <label key={one.id} className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
            <input
              type="checkbox"
              className="size-4 accent-brand"
              checked={chosen.has(one.id)}
              onChange={event =>
                form.setValue(
                  'recipients',
                  event.target.checked
                    ? [...chosen, one.id]
                    : [...chosen].filter(recipient => recipient !== one.id),
                )
              }
            />
            <span className="min-w-0 break-words">
              {one.name}{' '}
              <span className="text-muted">
                {one.email_verified ? one.email : <Trans>surel belum diverifikasi, tidak dikirimi</Trans>}
              </span>
            </span>
          </label>
        ))}
        {form.errorOf('recipients') && (
          <p role="alert" className="text-xs text-anomali">
            {form.errorOf('recipients')}
          </p>
        )}
      </fieldset>
    </Form>
  )
}
