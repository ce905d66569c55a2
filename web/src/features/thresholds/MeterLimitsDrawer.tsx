/** What reads of a tariff class and a meter size are judged by from a time on. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Controller } from 'react-hook-form'
import { setMeterLimits, type MeterLimitsOut, type NewMeterLimits } from '@/api'
import { zNewMeterLimits } from '@/api/zod.gen'
import { useForm } from '@/app/useForm'
import { moment, decimal, HOME_ZONE, instantAt, zoneName } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { TextArea, TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { NumberField } from '@/ui/NumberField'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { limitsHolding, limitsOf, type TypedLimits } from './limits'
import { meterLimitsNowQuery, refetchSet } from './queries'

interface MeterLimitsDrawerProps {
  open: boolean
  /** The class and the size whose limits are changed; empty: every one without its own. */
  usageClass: string
  meterSize: string
  onClose: () => void
}

export default function MeterLimitsDrawer({ open, onClose, ...of }: MeterLimitsDrawerProps) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={t`Ubah batas meter`}
      description={t`Berlaku untuk pembacaan yang masuk sesudahnya. Penilaian yang sudah ada tidak berubah.`}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Aktifkan</Trans>
        </Button>
      }
    >
      {open && (
        <FilledForm key={`${of.usageClass}/${of.meterSize}`} formId={formId} {...of} onDone={onClose} />
      )}
    </Drawer>
  )
}

interface FormProps {
  formId: string
  usageClass: string
  meterSize: string
  onDone: () => void
}

/** The form, filled with what holds. */
function FilledForm(props: FormProps) {
  const limits = useQuery(meterLimitsNowQuery)
  const standing = limitsHolding(limits.data ?? [], props.usageClass, props.meterSize)
  if (standing) return <LimitsForm {...props} standing={standing} />
  if (!limits.isError) return <Skeleton lines={6} />
  return (
    <Failed
      what={<Trans>Batas meter belum bisa dimuat.</Trans>}
      error={limits.error}
      onRetry={() => void limits.refetch()}
    />
  )
}

function LimitsForm({
  formId,
  usageClass,
  meterSize,
  standing,
  onDone,
}: FormProps & { standing: MeterLimitsOut }) {
  const { t, i18n } = useLingui()
  const form = useForm<TypedLimits, NewMeterLimits>({
    defaults: {
      usage_class: usageClass,
      meter_size: meterSize,
      content: 'own',
      extreme_m3: decimal(standing.extreme_m3),
      drop_pct: String(standing.drop_pct),
      drop_floor_m3: decimal(standing.drop_floor_m3),
      month_from_days: String(standing.month_from_days),
      month_to_days: String(standing.month_to_days),
      zeros: String(standing.zeros),
      estimates: String(standing.estimates),
      trouble_codes: standing.trouble_codes.join('\n'),
      start: 'now',
      valid_from: '',
    },
    schema: zNewMeterLimits,
    bodyOf: values => limitsOf(values, i18n.locale),
    also: ({ start, valid_from }) => ({
      valid_from:
        start === 'later' && !(instantAt(valid_from) > Date.now()) && t`Pilih waktu yang akan datang.`,
    }),
    send: body => setMeterLimits({ body }),
    done: ({ start, valid_from }) => {
      refetchSet('listMeterLimits', 'listEffectiveMeterLimits')
      const from = start === 'later' ? moment(instantAt(valid_from)) : ''
      toast({
        text: from
          ? t`Batas meter tersimpan. Berlaku mulai ${from}.`
          : t`Batas meter tersimpan. Berlaku dalam beberapa detik.`,
      })
      onDone()
    },
  })
  const { control, register, errorOf, watch } = form
  const zone = zoneName(HOME_ZONE)
  return (
    <Form id={formId} form={form}>
      <TextField
        label={t`Golongan`}
        placeholder={t`Semua golongan`}
        hint={t`Kosongkan untuk semua golongan yang tidak punya batas sendiri.`}
        error={errorOf('usage_class')}
        {...register('usage_class')}
      />
      <TextField
        label={t`Ukuran meter`}
        placeholder={t`Semua ukuran`}
        hint={t`Batas ukuran mendahului batas golongan.`}
        error={errorOf('meter_size')}
        {...register('meter_size')}
      />
      <Controller
        control={control}
        name="content"
        render={({ field }) => (
          <Select
            label={t`Isi`}
            choices={[
              { value: 'own', label: t`Batas sendiri` },
              { value: 'inherit', label: t`Ikut cakupan yang lebih luas` },
            ]}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      {watch('content') === 'own' && (
        <>
          <div className="grid grid-cols-2 gap-3">
            <NumberField
              label={t`Ekstrem di atas`}
              unit="m³"
              error={errorOf('extreme_m3')}
              {...register('extreme_m3')}
            />
            <NumberField
              label={t`Turun di bawah`}
              unit="%"
              error={errorOf('drop_pct')}
              {...register('drop_pct')}
            />
            <NumberField
              label={t`Periode dari (hari)`}
              unit=""
              error={errorOf('month_from_days')}
              {...register('month_from_days')}
            />
            <NumberField
              label={t`Periode sampai (hari)`}
              unit=""
              error={errorOf('month_to_days')}
              {...register('month_to_days')}
            />
            <NumberField
              label={t`Nol berturut-turut`}
              unit=""
              error={errorOf('zeros')}
              {...register('zeros')}
            />
            <NumberField
              label={t`Estimasi berturut-turut`}
              unit=""
              error={errorOf('estimates')}
              {...register('estimates')}
            />
            <NumberField
              label={t`Turun dinilai mulai`}
              unit="m³"
              error={errorOf('drop_floor_m3')}
              {...register('drop_floor_m3')}
            />
          </div>
          <TextArea
            label={t`Kode petugas yang berarti salah catat`}
            rows={3}
            hint={t`Satu kode per baris.`}
            error={errorOf('trouble_codes')}
            {...register('trouble_codes')}
          />
        </>
      )}
      <Controller
        control={control}
        name="start"
        render={({ field }) => (
          <Select
            label={t`Berlaku mulai`}
            choices={[
              { value: 'now', label: t`Segera` },
              { value: 'later', label: t`Tanggal dan jam tertentu` },
            ]}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      {watch('start') === 'later' && (
        <TextField
          label={t`Tanggal dan jam (${zone})`}
          type="datetime-local"
          error={errorOf('valid_from')}
          {...register('valid_from')}
        />
      )}
    </Form>
  )
}
