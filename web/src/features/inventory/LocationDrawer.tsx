import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { createLocation, deactivateLocation, getLocation, updateLocation, type LocationRecord } from '@/api'
import { refetch } from '@/app/client'
import { useMay } from '@/app/session'
import { landErrors, sentenceOf } from '@/lib/form'
import { HOME_ZONE } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { LOCATION_TYPES, type LocationKind } from './words'

interface LocationDrawerProps {
  /** `new` makes one. */
  id: string | undefined
  known: LocationRecord | undefined
  onClose: () => void
}

export default function LocationDrawer({ id, known, onClose }: LocationDrawerProps) {
  const { t } = useLingui()
  const formId = useId()
  const isNew = id === 'new'
  const query = useQuery({
    queryKey: [{ _id: 'getLocation', id }],
    queryFn: async ({ signal }) => (await getLocation({ path: { location_id: id ?? '' }, signal })).data,
    enabled: id !== undefined && !isNew,
    ...(known && { initialData: known }),
  })
  const location = isNew ? undefined : query.data
  const mayEdit = useMay('locations', isNew ? 'c' : 'u')
  const mayRemove = useMay('locations', 'd')
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={isNew ? t`Lokasi baru` : (location?.name ?? t({ message: 'Lokasi', context: 'satu' }))}
      footer={
        (isNew || location) && (
          <>
            {location?.is_active && mayRemove && (
              <Button
                look="danger"
                className="mr-auto"
                onClick={() => {
                  void setActive(location, false)
                  onClose()
                }}
              >
                <Trans>Nonaktifkan</Trans>
              </Button>
            )}
            {location && !location.is_active && mayEdit && (
              <Button className="mr-auto" onClick={() => void setActive(location, true)}>
                <Trans>Aktifkan lagi</Trans>
              </Button>
            )}
            {mayEdit && (
              <Button type="submit" form={formId} look="primary">
                <Trans>Simpan</Trans>
              </Button>
            )}
          </>
        )
      }
    >
      {isNew || location ? (
        <LocationForm
          key={location ? `${location.id} ${location.version}` : 'new'}
          formId={formId}
          location={location}
          locked={!mayEdit}
          onDone={onClose}
        />
      ) : query.isError ? (
        <Failed
          what={<Trans>Lokasi ini belum bisa dimuat.</Trans>}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Skeleton lines={6} />
      )}
    </Drawer>
  )

  /** Deactivating keeps all history and can be taken back, so nobody is asked "Yakin?". */
  async function setActive(one: LocationRecord, active: boolean): Promise<void> {
    const name = one.name
    try {
      await (active
        ? updateLocation({ path: { location_id: one.id }, body: { is_active: true } })
        : deactivateLocation({ path: { location_id: one.id } }))
      refetch('listLocations', 'getLocation')
      toast(
        active
          ? { text: t`${name} aktif lagi.` }
          : {
              text: t`${name} dinonaktifkan. Riwayatnya tetap ada.`,
              action: { label: t`Urungkan`, onClick: () => void setActive(one, true) },
            },
      )
    } catch (error) {
      toast({ text: sentenceOf(error) })
    }
  }
}

interface Values {
  name: string
  type: LocationKind
  timezone: string
  external_code: string
  address: string
  manager: string
}

interface LocationFormProps {
  formId: string
  location: LocationRecord | undefined
  locked: boolean
  onDone: () => void
}

function LocationForm({ formId, location, locked, onDone }: LocationFormProps) {
  const { t, i18n } = useLingui()
  const [failure, setFailure] = useState<string | null>(null)
  const { register, control, handleSubmit, setError, formState } = useForm<Values>({
    defaultValues: {
      name: location?.name ?? '',
      type: location?.type ?? 'depot',
      timezone: location?.timezone ?? HOME_ZONE,
      external_code: location?.external_code ?? '',
      address: location?.address ?? '',
      manager: location?.manager ?? '',
    },
  })
  const { errors } = formState
  const submit = handleSubmit(async values => {
    setFailure(null)
    const body = {
      ...values,
      external_code: values.external_code || null,
      address: values.address || null,
      manager: values.manager || null,
    }
    try {
      if (location) {
        await updateLocation({
          path: { location_id: location.id },
          body,
          headers: { 'If-Match': `"${location.version}"` },
        })
      } else {
        await createLocation({ body })
      }
    } catch (error) {
      setFailure(
        landErrors<Values>(
          error,
          ['name', 'type', 'timezone', 'external_code', 'address', 'manager'],
          setError,
        ),
      )
      return
    }
    refetch('listLocations', 'getLocation')
    const { name } = values
    toast({ text: t`${name} tersimpan.` })
    onDone()
  })
  return (
    <form id={formId} noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
      <FormError>{failure}</FormError>
      <TextField
        label={t`Nama`}
        disabled={locked}
        error={errors.name?.message}
        {...register('name', { required: t`Isi nama lokasi.` })}
      />
      <Controller
        control={control}
        name="type"
        render={({ field, fieldState }) => (
          <Select
            label={t`Jenis`}
            choices={(Object.keys(LOCATION_TYPES) as LocationKind[]).map(type => ({
              value: type,
              label: i18n._(LOCATION_TYPES[type]),
            }))}
            value={field.value}
            onChange={field.onChange}
            error={fieldState.error?.message}
            disabled={locked}
          />
        )}
      />
      <Controller
        control={control}
        name="timezone"
        render={({ field, fieldState }) => (
          <Select
            label={t`Zona waktu`}
            hint={t`Menentukan tanggal pencatatan di lokasi ini.`}
            choices={zones(field.value)}
            value={field.value}
            onChange={field.onChange}
            error={fieldState.error?.message}
            disabled={locked}
          />
        )}
      />
      <TextField
        label={t`Kode`}
        hint={t`Boleh kosong. Dipakai saat menempel atau mengimpor data.`}
        disabled={locked}
        error={errors.external_code?.message}
        {...register('external_code')}
      />
      <TextField
        label={t`Alamat`}
        hint={t`Boleh kosong.`}
        disabled={locked}
        error={errors.address?.message}
        {...register('address')}
      />
      <TextField
        label={t`Penanggung jawab`}
        hint={t`Boleh kosong.`}
        disabled={locked}
        error={errors.manager?.message}
        {...register('manager')}
      />
    </form>
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
