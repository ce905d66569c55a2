import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { createProduct, deactivateProduct, getProduct, updateProduct, type ProductRecord } from '@/api'
import { refetch } from '@/app/client'
import { useMay } from '@/app/session'
import { landErrors, sentenceOf } from '@/lib/form'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { PRODUCT_KINDS, type ProductKind } from './words'

interface ProductDrawerProps {
  /** `new` makes one. */
  id: string | undefined
  known: ProductRecord | undefined
  onClose: () => void
}

export default function ProductDrawer({ id, known, onClose }: ProductDrawerProps) {
  const { t } = useLingui()
  const formId = useId()
  const isNew = id === 'new'
  const query = useQuery({
    queryKey: [{ _id: 'getProduct', id }],
    queryFn: async ({ signal }) => (await getProduct({ path: { product_id: id ?? '' }, signal })).data,
    enabled: id !== undefined && !isNew,
    ...(known && { initialData: known }),
  })
  const product = isNew ? undefined : query.data
  const mayEdit = useMay('products', isNew ? 'c' : 'u')
  const mayRemove = useMay('products', 'd')
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={isNew ? t`Produk baru` : (product?.name ?? t({ message: 'Produk', context: 'satu' }))}
      footer={
        (isNew || product) && (
          <>
            {product?.is_active && mayRemove && (
              <Button
                look="danger"
                className="mr-auto"
                onClick={() => {
                  void setActive(product, false)
                  onClose()
                }}
              >
                <Trans>Nonaktifkan</Trans>
              </Button>
            )}
            {product && !product.is_active && mayEdit && (
              <Button className="mr-auto" onClick={() => void setActive(product, true)}>
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
      {isNew || product ? (
        <ProductForm
          key={product ? `${product.id} ${product.version}` : 'new'}
          formId={formId}
          product={product}
          locked={!mayEdit}
          onDone={onClose}
        />
      ) : query.isError ? (
        <Failed
          what={<Trans>Produk ini belum bisa dimuat.</Trans>}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Skeleton lines={6} />
      )}
    </Drawer>
  )

  /** Deactivating keeps all history and can be taken back, so nobody is asked "Yakin?". */
  async function setActive(one: ProductRecord, active: boolean): Promise<void> {
    const name = one.name
    try {
      await (active
        ? updateProduct({ path: { product_id: one.id }, body: { is_active: true } })
        : deactivateProduct({ path: { product_id: one.id } }))
      refetch('listProducts', 'getProduct')
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
  code: string
  kind: ProductKind
  unit: string
}

interface ProductFormProps {
  formId: string
  product: ProductRecord | undefined
  locked: boolean
  onDone: () => void
}

function ProductForm({ formId, product, locked, onDone }: ProductFormProps) {
  const { t, i18n } = useLingui()
  const [failure, setFailure] = useState<string | null>(null)
  const { register, control, handleSubmit, setError, formState } = useForm<Values>({
    defaultValues: {
      name: product?.name ?? '',
      code: product?.code ?? '',
      kind: product?.kind ?? 'fuel',
      unit: product?.unit ?? 'L',
    },
  })
  const { errors } = formState
  const submit = handleSubmit(async values => {
    setFailure(null)
    try {
      if (product) {
        await updateProduct({
          path: { product_id: product.id },
          body: values,
          headers: { 'If-Match': `"${product.version}"` },
        })
      } else {
        await createProduct({ body: values })
      }
    } catch (error) {
      setFailure(landErrors<Values>(error, ['name', 'code', 'kind', 'unit'], setError))
      return
    }
    refetch('listProducts', 'getProduct')
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
        {...register('name', { required: t`Isi nama produk.` })}
      />
      <TextField
        label={t`Kode`}
        hint={t`Singkat dan tidak berulang, misalnya SOLAR.`}
        disabled={locked}
        error={errors.code?.message}
        {...register('code', { required: t`Isi kode produk.` })}
      />
      <Controller
        control={control}
        name="kind"
        render={({ field, fieldState }) => (
          <Select
            label={t`Jenis`}
            choices={(Object.keys(PRODUCT_KINDS) as ProductKind[]).map(kind => ({
              value: kind,
              label: i18n._(PRODUCT_KINDS[kind]),
            }))}
            value={field.value}
            onChange={field.onChange}
            error={fieldState.error?.message}
            disabled={locked}
          />
        )}
      />
      <TextField
        label={t`Satuan`}
        hint={t`Misalnya L untuk liter.`}
        disabled={locked}
        error={errors.unit?.message}
        {...register('unit', { required: t`Isi satuan.` })}
      />
    </form>
  )
}
