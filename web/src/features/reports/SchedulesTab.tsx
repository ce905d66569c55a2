/** Reports that make and send themselves. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { CalendarClock, CalendarPlus } from 'lucide-react'
import { useState } from 'react'
import { changeReportSchedule, deleteReportSchedule, sendScheduledReport, type ScheduleOut } from '@/api'
import { useCatalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { useMay } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { zoneName } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Empty, Failed, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { toast } from '@/ui/Toast'
import { ScheduleDialog } from './ScheduleDialog'
import { schedulesQuery } from './queries'
import { useWeekdays } from './weekdays'

const route = getRouteApi('/_app/reports')

const settled = () => refetch('listReportSchedules')
const failed = (error: unknown) => toast({ text: sentenceOf(error) })

export default function SchedulesTab({ mayMake }: { mayMake: boolean }) {
  const { t } = useLingui()
  const { id } = route.useSearch()
  const navigate = route.useNavigate()
  const list = useQuery(schedulesQuery)
  const mayChange = useMay('reports', 'u')
  const edited = list.data?.find(one => one.id === id) ?? null
  const open = () => void navigate({ search: { tab: 'schedules', id: 'new' } })
  const add = mayMake && (
    <Button
      look="primary"
      className="self-start"
      data-new
      icon={<CalendarPlus aria-hidden className="size-4" />}
      onClick={open}
    >
      <Trans>Jadwalkan laporan</Trans>
    </Button>
  )
  return (
    <div className="flex flex-col gap-3">
      {list.isPending ? (
        <Skeleton lines={3} />
      ) : list.data === undefined ? (
        <Failed
          what={<Trans>Jadwal belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : list.data.length === 0 ? (
        <Empty icon={<CalendarClock aria-hidden />} title={<Trans>Belum ada jadwal.</Trans>} action={add}>
          <Trans>Contoh: PDF untuk pimpinan, setiap tanggal 1 pukul 07.00.</Trans>
        </Empty>
      ) : (
        <>
          {add}
          <ul aria-label={t`Jadwal`} className="divide-y divide-line rounded-lg border border-line">
            {list.data.map(one => (
              <Row
                key={one.id}
                schedule={one}
                onChange={() => void navigate({ search: { tab: 'schedules', id: one.id } })}
              />
            ))}
          </ul>
        </>
      )}
      {(edited ? mayChange : mayMake) && (
        <ScheduleDialog
          schedule={edited}
          open={id === 'new' || edited !== null}
          onClose={() => void navigate({ search: { tab: 'schedules' } })}
        />
      )}
    </div>
  )
}

function Row({ schedule, onChange }: { schedule: ScheduleOut; onChange: () => void }) {
  const { t } = useLingui()
  const catalogue = useCatalogue()
  const weekdays = useWeekdays()
  const [sure, setSure] = useState(false)
  const mayMake = useMay('reports', 'c')
  const mayChange = useMay('reports', 'u')
  const mayDelete = useMay('reports', 'd')
  const at = `${schedule.time.replace(':', '.')} ${zoneName(schedule.timezone)}`
  const { day } = schedule
  const weekday = weekdays[day - 1] ?? ''
  const place = schedule.location_id
    ? (catalogue.locationOf.get(schedule.location_id)?.name ?? schedule.location_id)
    : t`Semua lokasi`
  const send = useMutation({
    mutationFn: () => sendScheduledReport({ path: { id: schedule.id } }),
    onSuccess: () => {
      refetch('listReports')
      toast({ text: t`Laporan sedang dibuat dan akan dikirim.` })
    },
    onError: failed,
  })
  const change = useMutation({
    mutationFn: () =>
      changeReportSchedule({
        path: { id: schedule.id },
        headers: { 'If-Match': `"${schedule.version}"` },
        body: { is_active: !schedule.is_active },
      }),
    onSettled: settled,
    onError: failed,
  })
  const remove = useMutation({
    mutationFn: () => deleteReportSchedule({ path: { id: schedule.id } }),
    onSettled: settled,
    onError: failed,
  })
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3">
      <span className="min-w-56 flex-1">
        <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {schedule.period === 'month' ? (
            <Trans>
              Bulanan, setiap tanggal {day} pukul {at}
            </Trans>
          ) : (
            <Trans>
              Mingguan, setiap {weekday} pukul {at}
            </Trans>
          )}
          {!schedule.is_active && (
            <Tag>
              <Trans>Berhenti</Trans>
            </Tag>
          )}
        </span>
        <span className="block text-xs text-muted">
          {place} · {schedule.format.toUpperCase()} ·{' '}
          <Plural value={schedule.recipients.length} other="# penerima" />
        </span>
      </span>
      <span className="flex flex-wrap gap-2">
        {mayMake && (
          <Button busy={send.isPending} onClick={() => send.mutate()}>
            <Trans>Kirim sekarang</Trans>
          </Button>
        )}
        {mayChange && (
          <Button look="quiet" onClick={onChange}>
            <Trans>Ubah</Trans>
          </Button>
        )}
        {mayChange && (
          <Button look="quiet" busy={change.isPending} onClick={() => change.mutate()}>
            {schedule.is_active ? <Trans>Hentikan</Trans> : <Trans>Jalankan lagi</Trans>}
          </Button>
        )}
        {mayDelete && (
          <Button
            look={sure ? 'danger' : 'quiet'}
            busy={remove.isPending}
            onClick={() => (sure ? remove.mutate() : setSure(true))}
            onBlur={() => setSure(false)}
          >
            {sure ? <Trans>Ya, hapus jadwal</Trans> : <Trans>Hapus</Trans>}
          </Button>
        )}
      </span>
    </li>
  )
}
