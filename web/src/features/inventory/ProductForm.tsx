import { useLingui } from '@lingui/react/macro'
import { Controller } from 'react-hook-form'
import { createProduct, updateProduct, type ProductRecord } from '@/api'
import { zNewProduct } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { useDraftName } from '@/app/session'
import { useForm } from '@/app/useForm'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import type { FormProps } from './catalogue'
import { PRODUCT_KINDS, type ProductKind } from './words'

export default function ProductForm({ formId, entry, locked, onDone }: FormProps<ProductRecord>) {
  const { t, i18n } = useLingui()
  const form = useForm({
    defaults: {
      name: entry?.name ?? '',
      code: entry?.code ?? '',
      kind: entry?.kind ?? 'fuel',
      unit: entry?.unit ?? 'L',
    },
    schema: zNewProduct,
    bodyOf: values => ({ ...values, is_active: entry?.is_active ?? true }),
    missing: { name: t`Isi nama produk.`, code: t`Isi kode produk.`, unit: t`Isi satuan.` },
    draft: useDraftName(`product.${entry ? `${entry.id}.${entry.version}` : 'new'}`),
    send: body =>
      entry
        ? updateProduct({
            path: { product_id: entry.id },
            body,
            headers: { 'If-Match': `"${entry.version}"` },
          })
        : createProduct({ body }),
    done: ({ name }) => {
      refetch('listProducts', 'getProduct')
      toast({ text: t`${name} tersimpan.` })
      onDone()
    },
  })
  const { register, control, errorOf } = form
  return (
    <Form id={formId} form={form}>
      <TextField label={t`Nama`} disabled={locked} error={errorOf('name')} {...register('name')} />
      <TextField
        label={t`Kode`}
        hint={t`Singkat dan tidak berulang, misalnya SOLAR.`}
        disabled={locked}
        error={errorOf('code')}
        {...register('code')}
      />
      <Controller
        control={control}
        name="kind"
        render={({ field }) => (
          <Select
            label={t`Jenis`}
            choices={(Object.keys(PRODUCT_KINDS) as ProductKind[]).map(kind => ({
              value: kind,
              label: i18n._(PRODUCT_KINDS[kind]),
            }))}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('kind')}
            disabled={locked}
          />
        )}
      />
      <TextField
        label={t`Satuan`}
        hint={t`Misalnya L untuk liter.`}
        disabled={locked}
        error={errorOf('unit')}
        {...register('unit')}
      />
    </Form>
  )
}
