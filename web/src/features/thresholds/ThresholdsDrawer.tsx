import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useId } from 'react'
import { Controller } from 'react-hook-form'
import { setThresholds, type VersionOut } from '@/api'
import { zNewVersion } from '@/api/zod.gen'
import { fuelChoices, locationChoices, useCatalogue } from '@/app/catalogue'
import { useDraftName } from '@/app/session'
import { useForm } from '@/app/useForm'
import { moment, HOME_ZONE, zoneName } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { NumberField } from '@/ui/NumberField'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import {
  BUILT_IN,
  draftOf,
  faultsOf,
  limitsHolding,
  startFault,
  startOf,
  type Limits,
  type Scope,
  type Typed,
} from './draft'
import { Preview } from './Preview'
import { activeVersionsQuery, refetchSet } from './queries'
import { PROFILE_HINTS, PROFILES } from './words'

export default function ThresholdsDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={t`Ubah ambang batas`}
      description={t`Berlaku untuk catatan baru. Penilaian yang sudah ada tidak berubah.`}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Aktifkan</Trans>
        </Button>
      }
    >
      {open && <FilledForm formId={formId} onDone={onClose} />}
    </Drawer>
  )
}

interface FormProps {
  formId: string
  onDone: () => void
}

/** The form, filled with what holds. */
function FilledForm(props: FormProps) {
  const active = useQuery(activeVersionsQuery)
  if (active.data) return <ThresholdsForm {...props} active={active.data} />
  if (!active.isError) return <Skeleton />
  return (
    <Failed
      what={<Trans>Ambang batas yang berlaku belum bisa dimuat.</Trans>}
      error={active.error}
      onRetry={() => void active.refetch()}
    />
  )
}

/** active: the versions that hold now. */
function ThresholdsForm({ formId, onDone, active }: FormProps & { active: readonly VersionOut[] }) {
  const { t, i18n } = useLingui()
  const catalogue = useCatalogue()
  const zoneOf = ({ location_id }: Typed) => catalogue.locationOf.get(location_id ?? '')?.timezone
  const form = useForm<Typed, never>({
    defaults: { ...BUILT_IN, ...limitsHolding(active, BUILT_IN) },
    schema: zNewVersion as never,
    bodyOf: values => ({ ...draftOf(values, i18n.locale), valid_from: sentStart(values, zoneOf(values)) }),
    also: values => ({
      ...faultsOf(values, i18n.locale),
      valid_from: startFault(values, zoneOf(values), Date.now()),
    }),
    draft: useDraftName('thresholds'),
    send: body => setThresholds({ body }),
    done: values => {
      refetchSet('listThresholds', 'listEffectiveThresholds')
      const start = startOf(values, zoneOf(values))
      const from = start === null ? '' : moment(start, zoneOf(values))
      toast({
        text: from
          ? t`Ambang batas tersimpan. Berlaku mulai ${from}.`
          : t`Ambang batas tersimpan. Berlaku dalam beberapa detik.`,
      })
      onDone()
    },
  })
  const { control, register, errorOf, getValues, setValue } = form
  /** Where nothing was typed, show what holds for the scope that is chosen now. */
  const refill = (chosen: Partial<Scope>) => {
    const before = getValues()
    const held = limitsHolding(active, before)
    const holds = limitsHolding(active, { ...before, ...chosen })
    for (const field of Object.keys(holds) as (keyof Limits)[]) {
      if (before[field] === held[field]) setValue(field, holds[field])
    }
  }
  const typed = useDeferredValue(form.watch())
  const zone = zoneName(zoneOf(typed) ?? HOME_ZONE)
  const isOwn = typed.content === 'own'
  const draft = Object.keys(faultsOf(typed, i18n.locale)).length === 0 ? draftOf(typed, i18n.locale) : null
  return (
    <>
      <Form id={formId} form={form}>
        <Controller
          control={control}
          name="location_id"
          render={({ field }) => (
            <Combobox
              label={t`Lokasi`}
              placeholder={t`Semua lokasi`}
              choices={locationChoices(catalogue)}
              value={field.value}
              onChange={next => {
                refill({ location_id: next })
                field.onChange(next)
              }}
              error={errorOf('location_id')}
            />
          )}
        />
        <Controller
          control={control}
          name="product_id"
          render={({ field }) => (
            <Combobox
              label={t`Produk`}
              placeholder={t`Semua produk`}
              choices={fuelChoices(catalogue)}
              value={field.value}
              onChange={next => {
                refill({ product_id: next })
                field.onChange(next)
              }}
              error={errorOf('product_id')}
            />
          )}
        />
        <Controller
          control={control}
          name="content"
          render={({ field }) => (
            <Select
              label={t`Isi`}
              choices={[
                { value: 'own', label: t`Ambang sendiri` },
                { value: 'inherit', label: t`Ikut cakupan yang lebih luas` },
              ]}
              value={field.value}
              onChange={field.onChange}
            />
          )}
        />
        {isOwn && (
          <>
            <div className="grid grid-cols-2 gap-3">
              <NumberField
                label={t`Waspada mulai`}
                unit="%"
                error={errorOf('waspada_pct')}
                {...register('waspada_pct')}
              />
              <NumberField
                label={t`Anomali di atas`}
                unit="%"
                error={errorOf('anomali_pct')}
                {...register('anomali_pct')}
              />
              <NumberField
                label={t`Rendah di bawah`}
                unit="%"
                hint={t`Kosongkan bila tidak dipantau.`}
                error={errorOf('low_pct')}
                {...register('low_pct')}
              />
              <NumberField
                label={t`Catatan minimal`}
                unit=""
                hint={t`1 sampai 30.`}
                error={errorOf('facts_needed')}
                {...register('facts_needed')}
              />
            </div>
            <Controller
              control={control}
              name="profile"
              render={({ field }) => (
                <Select
                  label={t`Pembanding`}
                  hint={i18n._(PROFILE_HINTS[field.value])}
                  choices={(['plain', 'weekday'] as const).map(one => ({
                    value: one,
                    label: i18n._(PROFILES[one]),
                  }))}
                  value={field.value}
                  onChange={field.onChange}
                />
              )}
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
        {typed.start === 'later' && (
          <TextField
            label={t`Tanggal dan jam (${zone})`}
            type="datetime-local"
            hint={t`Sampai saat itu ambang yang sekarang tetap berlaku.`}
            error={errorOf('valid_from')}
            {...register('valid_from')}
          />
        )}
      </Form>
      <Preview draft={draft} />
    </>
  )
}

/** The start as it is sent; one that cannot be read is left out, and said to be wrong before anything is sent. */
function sentStart(values: Typed, timeZone: string | undefined): string | null {
  const start = startOf(values, timeZone)
  return start === null || Number.isNaN(start) ? null : new Date(start).toISOString()
}
