/** The stand that a visit found, made the correction of a period's register read once the clerk confirms it. */
import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { takeVisitedRead, type CaseDetail, type CaseVisit, type RegisterRead, type VisitedRead } from '@/api'
import { zVisitedRead } from '@/api/zod.gen'
import { refetchCorrected } from '@/app/reads'
import { useForm } from '@/app/useForm'
import { cubic, date, HOME_ZONE, monthName, today } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextArea } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { readsQuery } from './queries'

interface StandDialogProps {
  one: CaseDetail & { nomen: string }
  visit: CaseVisit & { stand_m3: string }
  open: boolean
  onClose: () => void
}

export function StandDialog({ one, visit, open, onClose }: StandDialogProps) {
  const { t } = useLingui()
  const formId = useId()
  const day = today(HOME_ZONE, new Date(visit.visited_at))
  const reads = useQuery({
    ...readsQuery(one.nomen),
    select: found => found.filter((_, at) => lies(day, found[at + 1], found[at - 1])),
    enabled: open,
  })
  const stand = cubic(visit.stand_m3)
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t`Pakai stand ${stand} sebagai koreksi`}
      description={<Trans>Angka dari berkas tetap disimpan, dan periode ini dinilai lagi.</Trans>}
      footer={
        reads.data?.length ? (
          <Button type="submit" form={formId} look="primary">
            <Trans>Koreksi bacaan</Trans>
          </Button>
        ) : undefined
      }
    >
      {reads.data?.length ? (
        <StandForm formId={formId} one={one} visit={visit} reads={reads.data} onDone={onClose} />
      ) : reads.data ? (
        <p className="text-sm text-muted">
          <Trans>Tidak ada bacaan pelanggan ini yang dapat dikoreksi dengan stand pada hari itu.</Trans>
        </p>
      ) : reads.isError ? (
        <Failed
          what={<Trans>Bacaan pelanggan ini belum bisa dimuat.</Trans>}
          error={reads.error}
          onRetry={() => void reads.refetch()}
        />
      ) : (
        <Skeleton lines={4} />
      )}
    </Dialog>
  )
}

/** Whether a day lies between the reads of the periods before and behind one. */
function lies(day: string, before: RegisterRead | undefined, behind: RegisterRead | undefined) {
  return (!before || before.validated.read_date < day) && (!behind || day < behind.validated.read_date)
}

interface StandFormProps extends Pick<StandDialogProps, 'one' | 'visit'> {
  formId: string
  /** Newest period first, at least one. */
  reads: readonly RegisterRead[]
  onDone: () => void
}

function StandForm({ formId, one, visit, reads, onDone }: StandFormProps) {
  const { t } = useLingui()
  const [period, setPeriod] = useState(reads.find(read => read.period === one.period)?.period)
  const read = reads.find(some => some.period === period) ?? reads[0]
  const day = date(today(HOME_ZONE, new Date(visit.visited_at)))
  const { number } = one
  const form = useForm<{ reason: string }, VisitedRead>({
    defaults: { reason: t`Stand dibaca di lapangan pada ${day}, kasus #${number}.` },
    schema: zVisitedRead,
    bodyOf: ({ reason }) => ({ case_id: one.id, visit_id: visit.id, reason }),
    send: async body =>
      read &&
      takeVisitedRead({
        path: { nomen: one.nomen, period: read.period },
        headers: { 'If-Match': `"${read.version}"` },
        body,
      }),
    done: () => {
      refetchCorrected()
      toast({ text: t`Tersimpan; periode ini dinilai lagi.` })
      onDone()
    },
  })
  const { register, errorOf } = form
  const now = cubic(read?.validated.stand_m3)
  return (
    <Form id={formId} form={form}>
      <Select
        label={<Trans>Periode yang dikoreksi</Trans>}
        choices={reads.map(some => ({ value: some.period, label: monthName(`${some.period}-01`) }))}
        value={read?.period ?? ''}
        onChange={setPeriod}
        hint={<Trans>Sekarang {now}</Trans>}
      />
      <TextArea label={t`Alasan`} rows={3} error={errorOf('reason')} {...register('reason')} />
    </Form>
  )
}
