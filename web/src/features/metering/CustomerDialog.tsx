import { Trans, useLingui } from '@lingui/react/macro'
import { useId, useState } from 'react'
import { Controller } from 'react-hook-form'
import { changeCustomer, createCustomer, type CustomerDetail } from '@/api'
import { zCustomerPatch, zNewCustomer } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { refetchCorrected } from '@/app/reads'
import { useDraftName } from '@/app/session'
import { useForm } from '@/app/useForm'
import { changed } from '@/lib/changed'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'

interface CustomerDialogProps {
  open: boolean
  /** Whose data change; absent: a new customer. */
  customer?: CustomerDetail
  onClose: () => void
  onDone: (nomen: string) => void
}

/** What a clerk enters of a customer that no file tells, or that it tells otherwise. */
export default function CustomerDialog({ open, customer, onClose, onDone }: CustomerDialogProps) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={customer ? t`Data pelanggan ${customer.nomen}` : t`Pelanggan baru`}
      description={<Trans>Berlaku sejak bulan ini, sampai berkas MC membawa yang lain.</Trans>}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      {open && <CustomerForm formId={formId} customer={customer} onDone={onDone} />}
    </Dialog>
  )
}

interface CustomerFormProps {
  formId: string
  customer: CustomerDetail | undefined
  onDone: (nomen: string) => void
}

function CustomerForm({ formId, customer, onDone }: CustomerFormProps) {
  const { t } = useLingui()
  // What somebody types is about what they saw, also when it changes meanwhile.
  const [seen] = useState(customer)
  // Of who is known from other files alone there is nothing to change yet.
  const standing = seen && seen.version > 0 ? seen : undefined
  const form = useForm({
    defaults: {
      nomen: seen?.nomen ?? '',
      name: seen?.name ?? '',
      address: seen?.address ?? '',
      rayon: seen?.rayon ?? '',
      usage_class: seen?.usage_class ?? '',
      serial: seen?.serial ?? '',
      meter_size: seen?.meter_size ?? '',
      served: seen?.is_active === false ? 'no' : 'yes',
    },
    schema: standing ? zCustomerPatch : zNewCustomer,
    bodyOf: ({ nomen, served, ...values }) => {
      const said = { ...values, is_active: served === 'yes' }
      // What a file left empty may stay so.
      return standing ? changed(said, standing) : { nomen, ...said }
    },
    missing: {
      nomen: t`Isi nomor pelanggan.`,
      name: t`Isi nama pelanggan.`,
      address: t`Isi alamat pelanggan.`,
    },
    draft: useDraftName(`customer.${seen ? `${seen.nomen}.${seen.version}` : 'new'}`),
    send: body =>
      standing
        ? changeCustomer({
            path: { nomen: standing.nomen },
            body,
            headers: { 'If-Match': `"${standing.version}"` },
          })
        : createCustomer({ body: zNewCustomer.parse(body) }),
    done: ({ nomen, name }) => {
      refetch('listCustomers', 'listScopes')
      refetchCorrected()
      toast({ text: t`${name} tersimpan.` })
      onDone(nomen.trim())
    },
  })
  const { register, control, errorOf } = form
  return (
    <Form id={formId} form={form}>
      {seen === undefined && (
        <TextField label={t`Nomor pelanggan`} error={errorOf('nomen')} {...register('nomen')} />
      )}
      <TextField label={t`Nama`} error={errorOf('name')} {...register('name')} />
      <TextField label={t`Alamat`} error={errorOf('address')} {...register('address')} />
      <TextField label={t`Rayon`} error={errorOf('rayon')} {...register('rayon')} />
      <TextField label={t`Golongan`} error={errorOf('usage_class')} {...register('usage_class')} />
      <TextField label={t`Nomor meter`} error={errorOf('serial')} {...register('serial')} />
      <TextField
        label={t`Ukuran meter`}
        hint={t`Boleh kosong. Misalnya 1/2 inci atau DN 15.`}
        error={errorOf('meter_size')}
        {...register('meter_size')}
      />
      <Controller
        control={control}
        name="served"
        render={({ field }) => (
          <Select
            label={t`Keadaan`}
            choices={[
              { value: 'yes', label: t`Aktif` },
              { value: 'no', label: t`Nonaktif` },
            ]}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
    </Form>
  )
}
