import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { Controller } from 'react-hook-form'
import { changeCollection, createCollection, type PaymentRecord } from '@/api'
import { zNewPayment, zPaymentPatch } from '@/api/zod.gen'
import { useDraftName } from '@/app/session'
import { useForm } from '@/app/useForm'
import { changed } from '@/lib/changed'
import { today } from '@/lib/format'
import { parseDecimal } from '@/lib/quantity'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { NumberField } from '@/ui/NumberField'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { paymentQuery, refetchPaid } from './queries'
import { monthsBefore, periodWords } from './scopes'

interface PaymentDialogProps {
  open: boolean
  /** Whose payment is new. */
  nomen?: string
  /** Which payment changes. */
  id?: string
  onClose: () => void
}

/** What a clerk enters of a payment that no file tells, or that it tells otherwise. */
export default function PaymentDialog({ open, nomen, id, onClose }: PaymentDialogProps) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={id ? t`Ubah pembayaran` : t`Catat pembayaran`}
      description={<Trans>Angka penagihan dihitung lagi begitu ini tersimpan.</Trans>}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      {open && id && <Standing formId={formId} id={id} onDone={onClose} />}
      {open && !id && <PaymentForm formId={formId} nomen={nomen} onDone={onClose} />}
    </Dialog>
  )
}

/** The payment as it stands when it is opened, to be changed. */
function Standing({ formId, id, onDone }: { formId: string; id: string; onDone: () => void }) {
  const standing = useQuery(paymentQuery(id))
  return standing.data ? (
    <PaymentForm formId={formId} standing={standing.data} onDone={onDone} />
  ) : standing.isError ? (
    <Failed
      what={<Trans>Pembayaran ini belum bisa dimuat.</Trans>}
      error={standing.error}
      onRetry={() => void standing.refetch()}
    />
  ) : (
    <Skeleton lines={4} />
  )
}

interface PaymentFormProps {
  formId: string
  nomen?: string | undefined
  standing?: PaymentRecord
  onDone: () => void
}

/** How far back a bill may lie that somebody still comes to pay. */
const MONTHS = 36

function PaymentForm({ formId, nomen, standing, onDone }: PaymentFormProps) {
  const { t, i18n } = useLingui()
  const now = today()
  const before = standing && {
    payment_date: standing.payment_date,
    amount: plain(standing.amount.amount, 'en'),
    bill_period: standing.bill_period,
    receipt_number: standing.receipt_number,
  }
  const form = useForm({
    defaults: before
      ? { ...before, amount: i18n.locale === 'en' ? before.amount : before.amount.replace('.', ',') }
      : { payment_date: now, amount: '', bill_period: now.slice(0, 7), receipt_number: '' },
    schema: (standing ? zPaymentPatch : zNewPayment) as typeof zPaymentPatch,
    bodyOf: values => {
      const said = { ...values, amount: plain(values.amount, i18n.locale) }
      return before ? changed(said, before) : { nomen, ...said }
    },
    missing: { payment_date: t`Isi tanggalnya.`, amount: t`Isi jumlahnya.` },
    draft: useDraftName(`payment.${standing ? `${standing.id}.${standing.version}` : nomen}`),
    send: body =>
      standing
        ? changeCollection({
            path: { payment_id: standing.id },
            body,
            headers: { 'If-Match': `"${standing.version}"` },
          })
        : createCollection({ body: zNewPayment.parse(body) }),
    done: () => {
      refetchPaid()
      toast({ text: standing ? t`Pembayaran diubah.` : t`Pembayaran tercatat.` })
      onDone()
    },
  })
  const { register, control, errorOf } = form
  const months = monthsBefore(now, MONTHS)
  const period = before?.bill_period
  const periods = period === undefined || months.includes(period) ? months : [period, ...months]
  return (
    <Form id={formId} form={form}>
      <TextField
        label={t`Tanggal bayar`}
        type="date"
        max={now}
        error={errorOf('payment_date')}
        {...register('payment_date')}
      />
      <NumberField label={t`Jumlah`} unit="Rp" error={errorOf('amount')} {...register('amount')} />
      <Controller
        control={control}
        name="bill_period"
        render={({ field }) => (
          <Select
            label={t`Untuk tagihan bulan`}
            choices={periods.map(one => ({
              value: one,
              label: one === '' ? t`Tanpa periode tagihan` : periodWords(one),
            }))}
            value={field.value}
            onChange={field.onChange}
          />
        )}
      />
      <TextField
        label={t`Nomor kuitansi`}
        hint={t`Boleh kosong.`}
        autoComplete="off"
        error={errorOf('receipt_number')}
        {...register('receipt_number')}
      />
    </Form>
  )
}

/** `1250000.5` of `Rp 1.250.000,50`; what cannot be read stays as it was typed. */
function plain(amount: string, language: string): string {
  return parseDecimal(amount.replace(/^\s*rp\.?/i, ''), language) ?? amount
}
