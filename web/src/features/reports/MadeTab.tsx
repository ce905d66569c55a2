/** Have a report made now, and those that were made. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { Download, FileText } from 'lucide-react'
import { lazy, Suspense } from 'react'
import { getReportFile, type ReportOut } from '@/api'
import { useCatalogue } from '@/app/catalogue'
import { sentenceOf } from '@/lib/failure'
import { fileName, save } from '@/lib/file'
import { moment, number } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Empty, Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { nameOf } from './periods'
import { reportsQuery } from './queries'

const MakeNow = lazy(() => import('./MakeNow'))

export function MadeTab({ mayMake }: { mayMake: boolean }) {
  const { t } = useLingui()
  const list = useInfiniteQuery(reportsQuery)
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  return (
    <div className="flex flex-col gap-5">
      {mayMake && (
        <Suspense fallback={<div className="min-h-16" />}>
          <MakeNow />
        </Suspense>
      )}
      {list.isPending ? (
        <Skeleton lines={4} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar laporan belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <Empty icon={<FileText aria-hidden />} title={<Trans>Belum ada laporan.</Trans>}>
          <Trans>
            Laporan memuat pemakaian tiap lokasi dan produk, perubahannya, hari tanpa catatan, dan anomali
            terbesar. Berkasnya disimpan 90 hari.
          </Trans>
        </Empty>
      ) : (
        <>
          <ul aria-label={t`Laporan`} className="divide-y divide-line rounded-lg border border-line">
            {rows.map(row => (
              <Row key={row.id} report={row} />
            ))}
          </ul>
          {list.hasNextPage && (
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              <Trans>Muat lagi</Trans>
            </Button>
          )}
        </>
      )}
    </div>
  )
}

function Row({ report }: { report: ReportOut }) {
  const { t } = useLingui()
  const catalogue = useCatalogue()
  const name = nameOf(report.period, report.start)
  const place = report.location_id
    ? (catalogue.locationOf.get(report.location_id)?.name ?? report.location_id)
    : t`Semua lokasi`
  const take = useMutation({
    mutationFn: async () => {
      const { response } = await getReportFile({ path: { id: report.id }, parseAs: 'stream' })
      save(fileName(response, `arus.${report.format}`), await response.blob())
    },
    onError: error => toast({ text: sentenceOf(error) }),
  })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="min-w-48 flex-1">
        <span className="block text-sm font-medium">
          {name} · {place}
        </span>
        <span className="block text-xs text-muted">
          {report.format.toUpperCase()} · {moment(report.asked_at, report.timezone)}
          <Mails report={report} />
        </span>
      </span>
      {report.state === 'done' && (
        <Button
          busy={take.isPending}
          icon={<Download aria-hidden className="size-4" />}
          onClick={() => take.mutate()}
        >
          <Trans>Unduh</Trans>
          <span className="sr-only">
            {' '}
            {name}, {place}
          </span>
        </Button>
      )}
      {report.state === 'waiting' && (
        <span className="flex w-40 flex-col gap-1 text-xs text-muted">
          <Trans>Sedang dibuat</Trans>
          <progress
            aria-label={t`Kemajuan ${name}`}
            value={report.progress}
            max={1}
            className="h-1.5 w-full accent-brand"
          />
        </span>
      )}
      {report.state === 'failed' && (
        <span className="text-sm text-anomali">
          <Trans>Gagal dibuat</Trans>
        </span>
      )}
    </li>
  )
}

function Mails({ report }: { report: ReportOut }) {
  if (report.mails.length === 0) return null
  const sent = report.mails.filter(mail => mail.state === 'sent').length
  const lost = report.mails.filter(mail => mail.state === 'failed' || mail.state === 'skipped')
  const names = lost.map(mail => mail.name ?? mail.person_id).join(', ')
  return (
    <>
      {' · '}
      <Plural value={sent} other="terkirim ke # orang" />
      {lost.length > 0 && (
        <>
          {'; '}
          <Trans>
            tidak ke {number(lost.length)} ({names})
          </Trans>
        </>
      )}
    </>
  )
}
