import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
import { correctFuelTransaction, getFuelTransaction, type FactRecord } from '@/api'
import { fuelChoices, locationChoices, type Catalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { useMay } from '@/app/session'
import { landErrors } from '@/lib/form'
import { date, moment, number, quantity, today } from '@/lib/format'
import { ProblemError } from '@/lib/problem'
import { parseDecimal, volumeProblem } from '@/lib/quantity'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { NumberField } from '@/ui/NumberField'
import { Failed, Skeleton, Stale } from '@/ui/States'
import { toast } from '@/ui/Toast'

interface TransactionDrawerProps {
  id: string | undefined
  known: FactRecord | undefined
  catalogue: Catalogue
  onClose: () => void
  onVoid: (fact: FactRecord) => void
}

/** One transaction: correct it or void it. Both are new facts; what was recorded first stays in the log. */
export default function TransactionDrawer({ id, known, catalogue, onClose, onVoid }: TransactionDrawerProps) {
  const { t } = useLingui()
  const query = useQuery({
    queryKey: [{ _id: 'getFuelTransaction', id }],
    queryFn: async ({ signal }) =>
      (await getFuelTransaction({ path: { transaction_id: id ?? '' }, signal })).data,
    enabled: id !== undefined,
    ...(known && { initialData: known }),
  })
  const fact = query.data
  const formId = useId()
  const mayCorrect = useMay('fuel.transactions', 'u')
  const mayVoid = useMay('fuel.transactions', 'd')
  const open = fact?.status === 'active'
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={t({ message: 'Transaksi', context: 'satu' })}
      description={fact && `${quantity(fact.volume_l, 'L', 6)} · ${date(fact.date)}`}
      footer={
        fact &&
        open && (
          <>
            {mayVoid && (
              <Button look="danger" className="mr-auto" onClick={() => onVoid(fact)}>
                <Trans>Batalkan transaksi</Trans>
              </Button>
            )}
            {mayCorrect && (
              <Button type="submit" form={formId} look="primary">
                <Trans>Simpan koreksi</Trans>
              </Button>
            )}
          </>
        )
      }
    >
      {fact ? (
        <div className="flex flex-col gap-4">
          {!open && (
            <Stale>
              <Trans>Transaksi ini dibatalkan dan tidak dihitung lagi.</Trans>
            </Stale>
          )}
          {/* A newer version starts a new form. */}
          <Correction
            key={`${fact.id} ${fact.version}`}
            fact={fact}
            catalogue={catalogue}
            formId={formId}
            locked={!open || !mayCorrect}
            onDone={onClose}
          />
          <p className="text-xs text-muted">
            <Trans>
              Dicatat {moment(fact.recorded_at, catalogue.locationOf.get(fact.location_id)?.timezone)} · versi{' '}
              {fact.version}
            </Trans>
          </p>
        </div>
      ) : query.isError ? (
        <Failed
          what={<Trans>Transaksi ini belum bisa dimuat.</Trans>}
          error={query.error}
          onRetry={() => void query.refetch()}
        />
      ) : (
        <Skeleton lines={5} />
      )}
    </Drawer>
  )
}

interface Values {
  date: string
  location_id: string
  product_id: string
  volume_l: string
}

interface CorrectionProps {
  fact: FactRecord
  catalogue: Catalogue
  formId: string
  locked: boolean
  onDone: () => void
}

function Correction({ fact, catalogue, formId, locked, onDone }: CorrectionProps) {
  const { t, i18n } = useLingui()
  const { register, control, handleSubmit, setError, formState } = useForm<Values>({
    defaultValues: {
      date: fact.date,
      location_id: fact.location_id,
      product_id: fact.product_id,
      volume_l: number(fact.volume_l, 6),
    },
  })
  const { errors } = formState
  const correct = useMutation({
    mutationFn: (values: Values) =>
      correctFuelTransaction({
        path: { transaction_id: fact.id },
        body: { ...values, volume_l: parseDecimal(values.volume_l, i18n.locale) ?? values.volume_l },
        headers: { 'If-Match': `"${fact.version}"` },
      }),
    onSuccess: () => {
      toast({ text: t`Koreksi tersimpan. Penilaian setelahnya dihitung ulang.` })
      refetch('listFuelTransactions', 'getFuelTransaction', 'listAnomalies', 'getAnomaly')
      onDone()
    },
    onError: error => {
      if (error instanceof ProblemError && error.status === 412) refetch('getFuelTransaction')
    },
  })
  const [failure, setFailure] = useState<string | null>(null)
  const submit = handleSubmit(async values => {
    setFailure(null)
    try {
      await correct.mutateAsync(values)
    } catch (error) {
      setFailure(landErrors<Values>(error, ['date', 'location_id', 'product_id', 'volume_l'], setError))
    }
  })
  return (
    <form id={formId} noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
      <FormError>{failure}</FormError>
      <TextField
        label={t`Tanggal`}
        type="date"
        disabled={locked}
        max={today(catalogue.locationOf.get(fact.location_id)?.timezone)}
        error={errors.date?.message}
        {...register('date', { required: t`Isi tanggal.` })}
      />
      <Controller
        control={control}
        name="location_id"
        rules={{ required: t`Pilih lokasi.` }}
        render={({ field, fieldState }) => (
          <Combobox
            label={t({ message: 'Lokasi', context: 'satu' })}
            choices={locationChoices(catalogue, false)}
            value={field.value || null}
            onChange={value => field.onChange(value ?? '')}
            error={fieldState.error?.message}
            disabled={locked}
          />
        )}
      />
      <Controller
        control={control}
        name="product_id"
        rules={{ required: t`Pilih produk BBM.` }}
        render={({ field, fieldState }) => (
          <Combobox
            label={t`Produk BBM`}
            choices={fuelChoices(catalogue, false)}
            value={field.value || null}
            onChange={value => field.onChange(value ?? '')}
            error={fieldState.error?.message}
            disabled={locked}
          />
        )}
      />
      <NumberField
        label={t`Volume`}
        unit="L"
        disabled={locked}
        error={errors.volume_l?.message}
        {...register('volume_l', {
          validate: typed =>
            volumeProblem(parseDecimal(typed, i18n.locale)) === null ||
            t`Tulis volume sebagai angka, misalnya 520.`,
        })}
      />
    </form>
  )
}
