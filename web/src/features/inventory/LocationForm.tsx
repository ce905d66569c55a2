import { useLingui } from '@lingui/react/macro'
import { Controller } from 'react-hook-form'
import { createLocation, updateLocation, type LocationRecord } from '@/api'
import { zNewLocation } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { useDraftName } from '@/app/session'
import { HOME_ZONE } from '@/lib/format'
import { useForm } from '@/app/useForm'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import type { FormProps } from './catalogue'
import { LOCATION_TYPES, type LocationKind } from './words'

export default function LocationForm({ formId, entry, locked, onDone }: FormProps<LocationRecord>) {
  const { t, i18n } = useLingui()
  const form = useForm({
    defaults: {
      name: entry?.name ?? '',
      type: entry?.type ?? 'depot',
      timezone: entry?.timezone ?? HOME_ZONE,
      external_code: entry?.external_code ?? '',
      address: entry?.address ?? '',
      manager: entry?.manager ?? '',
    },
    schema: zNewLocation,
    // What may be empty is null on the wire.
    bodyOf: values => ({
      ...values,
      external_code: values.external_code || null,
      address: values.address || null,
      manager: values.manager || null,
      is_active: entry?.is_active ?? true,
    }),
    missing: { name: t`Isi nama lokasi.` },
    draft: useDraftName(`location.${entry ? `${entry.id}.${entry.version}` : 'new'}`),
    send: body =>
      entry
        ? updateLocation({
            path: { location_id: entry.id },
            body,
            headers: { 'If-Match': `"${entry.version}"` },
          })
        : createLocation({ body }),
    done: ({ name }) => {
      refetch('listLocations', 'getLocation')
      toast({ text: t`${name} tersimpan.` })
      onDone()
    },
  })
  const { register, control, errorOf } = form
  return (
    <Form id={formId} form={form}>
      <TextField label={t`Nama`} disabled={locked} error={errorOf('name')} {...register('name')} />
      <Controller
        control={control}
        name="type"
        render={({ field }) => (
          <Select
            label={t`Jenis`}
            choices={(Object.keys(LOCATION_TYPES) as LocationKind[]).map(type => ({
              value: type,
              label: i18n._(LOCATION_TYPES[type]),
            }))}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('type')}
            disabled={locked}
          />
        )}
      />
      <Controller
        control={control}
        name="timezone"
        render={({ field }) => (
          <Select
            label={t`Zona waktu`}
            hint={t`Menentukan tanggal pencatatan di lokasi ini.`}
            choices={zones(field.value)}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('timezone')}
            disabled={locked}
          />
        )}
      />
      <TextField
        label={t`Kode`}
        hint={t`Boleh kosong. Dipakai saat menempel atau mengimpor data.`}
        disabled={locked}
        error={errorOf('external_code')}
        {...register('external_code')}
      />
      <TextField
        label={t`Alamat`}
        hint={t`Boleh kosong.`}
        disabled={locked}
        error={errorOf('address')}
        {...register('address')}
      />
      <TextField
        label={t`Penanggung jawab`}
        hint={t`Boleh kosong.`}
        disabled={locked}
        error={errorOf('manager')}
        {...register('manager')}
      />
    </Form>
  )
}

/** The three zones of Indonesia, and whatever else a location already has. */
function zones(current: string) {
  const home = [
    { value: 'Asia/Jakarta', label: 'WIB (Asia/Jakarta)' },
    { value: 'Asia/Makassar', label: 'WITA (Asia/Makassar)' },
    { value: 'Asia/Jayapura', label: 'WIT (Asia/Jayapura)' },
  ]
  return home.some(zone => zone.value === current) ? home : [...home, { value: current, label: current }]
}
