import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Controller } from 'react-hook-form'
import { correctFuelTransaction, getFuelTransaction, type FactRecord } from '@/api'
import { zFactPatch } from '@/api/zod.gen'
import { fuelChoices, locationChoices, type Catalogue } from '@/app/catalogue'
import { useDraftName, useMay } from '@/app/session'
import { refetchFuel } from '@/app/unsent'
import { date, moment, number, quantity, today } from '@/lib/format'
import { parseDecimal } from '@/lib/quantity'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { NumberField } from '@/ui/NumberField'
import { Failed, Skeleton, Stale } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { useVolumeWords } from './volume'

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

interface CorrectionProps {
  fact: FactRecord
  catalogue: Catalogue
  formId: string
  locked: boolean
  onDone: () => void
}

function Correction({ fact, catalogue, formId, locked, onDone }: CorrectionProps) {
  const { t, i18n } = useLingui()
  const wrongVolume = useVolumeWords()
  const form = useForm({
    defaults: {
      date: fact.date,
      location_id: fact.location_id,
      product_id: fact.product_id,
      volume_l: number(fact.volume_l, 6),
    },
    schema: zFactPatch,
    bodyOf: values => ({ ...values, volume_l: parseDecimal(values.volume_l, i18n.locale) ?? undefined }),
    missing: { date: t`Isi tanggal.`, location_id: t`Pilih lokasi.`, product_id: t`Pilih produk BBM.` },
    also: ({ volume_l }) => ({ volume_l: wrongVolume(volume_l) }),
    draft: useDraftName(`transaction.${fact.id}.${fact.version}`),
    send: body =>
      correctFuelTransaction({
        path: { transaction_id: fact.id },
        body,
        headers: { 'If-Match': `"${fact.version}"` },
      }),
    done: () => {
      toast({ text: t`Koreksi tersimpan. Penilaian setelahnya dihitung ulang.` })
      refetchFuel()
      onDone()
    },
  })
  const { register, control, errorOf } = form
  return (
    <Form id={formId} form={form}>
      <TextField
        label={t`Tanggal`}
        type="date"
        disabled={locked}
        max={today(catalogue.locationOf.get(fact.location_id)?.timezone)}
        error={errorOf('date')}
        {...register('date')}
      />
      <Controller
        control={control}
        name="location_id"
        render={({ field }) => (
          <Combobox
            label={t({ message: 'Lokasi', context: 'satu' })}
            choices={locationChoices(catalogue, false)}
            value={field.value || null}
            onChange={value => field.onChange(value ?? '')}
            error={errorOf('location_id')}
            disabled={locked}
          />
        )}
      />
      <Controller
        control={control}
        name="product_id"
        render={({ field }) => (
          <Combobox
            label={t`Produk BBM`}
            choices={fuelChoices(catalogue, false)}
            value={field.value || null}
            onChange={value => field.onChange(value ?? '')}
            error={errorOf('product_id')}
            disabled={locked}
          />
        )}
      />
      <NumberField
        label={t`Volume`}
        unit="L"
        disabled={locked}
        error={errorOf('volume_l')}
        {...register('volume_l')}
      />
    </Form>
  )
}
