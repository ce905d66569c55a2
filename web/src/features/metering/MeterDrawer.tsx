import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import type { Kind, MeterAnomaly, MeterHistoryOut, MeterOpinion } from '@/api'
import { CasesAbout } from '@/app/CasesAbout'
import { useMay } from '@/app/session'
import { cubic, date, moment } from '@/lib/format'
import { buttonLook } from '@/ui/Button'
import { Chart } from '@/ui/Chart'
import { Drawer } from '@/ui/Dialog'
import { Failed, Skeleton } from '@/ui/States'
import { SeverityBadge } from '@/ui/StatusBadge'
import type { Series } from '@/ui/TimeChart'
import { Corrections } from './Corrections'
import { CustomerFacts } from './CustomerFacts'
import { CustomerPeriods } from './CustomerPeriods'
import { KindTags } from '@/app/kinds'
import { MissingReads } from './MissingReads'
import { Fact, FACTS } from './parts'
import { customerQuery, meterHistoryQuery } from './queries'
import { periodWords } from './scopes'
import { chosen, saidOf, uses } from './uses'

interface MeterDrawerProps {
  nomen: string | undefined
  /** The period that the list shows. */
  period: string | null | undefined
  onClose: () => void
}

/** One customer's meter: what is said of a period and why, whose it is, and what was used before. */
export default function MeterDrawer({ nomen, period, onClose }: MeterDrawerProps) {
  const { t } = useLingui()
  const history = useQuery({ ...meterHistoryQuery(nomen ?? ''), enabled: nomen !== undefined })
  const read = history.data && chosen(history.data.items, period)
  const whose = useQuery({
    ...customerQuery(nomen ?? ''),
    enabled: useMay('customers', 'r') && nomen !== undefined,
    retry: false,
  }).data
  return (
    <Drawer
      open={nomen !== undefined}
      onClose={onClose}
      title={t`Meter ${nomen ?? ''}`}
      description={
        read && [whose?.name, whose?.address, periodWords(read.period)].filter(Boolean).join(' · ')
      }
    >
      {history.data && read ? (
        <div key={history.data.nomen} className="flex flex-col gap-5">
          <Said read={read} />
          <Uses history={history.data} />
          <CasesAbout about={{ nomen: history.data.nomen, period: read.period, ...first(read.kinds) }} />
          {read.second_opinion && <SecondOpinion opinion={read.second_opinion} />}
          <Corrections nomen={history.data.nomen} period={read.period} />
          <MissingReads nomen={history.data.nomen} reads={history.data.items} until={period} />
          <CustomerPeriods history={history.data} />
          <Whose nomen={history.data.nomen} />
          <Others history={history.data} read={read} />
        </div>
      ) : history.isError ? (
        <Failed
          what={<Trans>Meter ini belum bisa dimuat.</Trans>}
          error={history.error}
          onRetry={() => void history.refetch()}
        />
      ) : history.data ? (
        <p className="text-sm text-muted">
          <Trans>Meter ini belum pernah dinilai.</Trans>
        </p>
      ) : (
        <Skeleton lines={7} />
      )}
    </Drawer>
  )
}

/** The kind that a new case is about, unless its maker says otherwise. */
function first([kind]: readonly Kind[]): { kind?: Kind } {
  return kind ? { kind } : {}
}

function Said({ read }: { read: MeterAnomaly }) {
  const judged = moment(read.judged_at)
  return (
    <section className="flex flex-col gap-3">
      {read.kinds.length > 0 && <KindTags kinds={read.kinds} />}
      <ul className="flex flex-col gap-1 text-sm">
        {[...read.reasons, ...read.remarks].map(reason => (
          <li key={reason.code}>{reason.text}</li>
        ))}
        {read.beside.map(one => (
          <li key={one.serial}>
            {one.serial}: {[...one.reasons, ...one.remarks].map(reason => reason.text).join(' ')}
          </li>
        ))}
      </ul>
      <dl className={FACTS}>
        {read.serial && <Fact name={<Trans>Nomor meter</Trans>}>{read.serial}</Fact>}
        <Fact name={<Trans>Tanggal baca</Trans>}>{read.read_date === null ? '–' : date(read.read_date)}</Fact>
        <Fact name={<Trans>Stand</Trans>}>
          <span className="tabular">
            {cubic(read.from_m3)} → {cubic(read.stand_m3)}
          </span>
        </Fact>
        <Fact name={<Trans>Pemakaian</Trans>}>
          <span className="tabular">{cubic(read.use_m3)}</span>
          {read.days > 0 && (
            <span className="text-muted">
              {' '}
              <Plural value={read.days} other="dalam # hari" />
            </span>
          )}
        </Fact>
        <Fact name={<Trans>Biasanya</Trans>}>
          <span className="tabular">{cubic(read.usual_m3, 1)}</span>
        </Fact>
      </dl>
      <p className="text-xs text-muted">
        <Trans>Dinilai {judged}</Trans>
      </p>
    </section>
  )
}

/** What the learned detector thinks of the use; it never changes what the rule says. */
function SecondOpinion({ opinion }: { opinion: MeterOpinion }) {
  const moved = Math.abs(opinion.peers_moved_pct)
  return (
    <section className="flex flex-col gap-2 text-sm">
      <h3 className="font-semibold">
        <Trans>Pendapat kedua</Trans>
      </h3>
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        {opinion.severity !== 'none' && <SeverityBadge severity={opinion.severity} />}
        <span>{opinion.reason.text}</span>
      </p>
      {moved > 0 && (
        <p className="text-xs text-muted">
          {opinion.peers_moved_pct > 0 ? (
            <Trans>
              Pelanggan segolongan memakai {moved}% lebih banyak daripada dulu; sudah diperhitungkan.
            </Trans>
          ) : (
            <Trans>
              Pelanggan segolongan memakai {moved}% lebih sedikit daripada dulu; sudah diperhitungkan.
            </Trans>
          )}
        </p>
      )}
    </section>
  )
}

function Uses({ history }: { history: MeterHistoryOut }) {
  const { t } = useLingui()
  const { days, names, series } = useMemo(() => {
    const { calm, anomalous, usual, ...when } = uses(history.items)
    const lines: Series[] = [
      { label: t`Wajar`, values: calm, ink: 'brand', look: 'bars' },
      { label: t`Dengan anomali`, values: anomalous, ink: 'anomali', look: 'bars' },
      { label: t`Biasanya`, values: usual, ink: 'text', look: 'dashed' },
    ]
    return { ...when, series: lines }
  }, [history, t])
  const odd = history.items.filter(read => read.kinds.length > 0).length
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Pemakaian per periode</Trans>
      </h3>
      <Chart
        caption={
          <Plural value={history.items.length} other={`${odd} dari # periode terakhir dengan anomali.`} />
        }
        days={days}
        names={names}
        series={series}
        unit="m³"
        height={200}
      />
    </section>
  )
}

function Whose({ nomen }: { nomen: string }) {
  const mayRead = useMay('customers', 'r')
  const customer = useQuery({ ...customerQuery(nomen), enabled: mayRead, retry: false })
  if (!mayRead) return null
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans context="satu">Pelanggan</Trans>
      </h3>
      {/* What files tell before the customers' own one comes has no version. */}
      {(customer.isError || customer.data?.version === 0) && (
        <p className="text-sm text-muted">
          <Trans>Data pelanggan ini belum masuk.</Trans>
        </p>
      )}
      {customer.data ? (
        <>
          <CustomerFacts customer={customer.data} />
          <Link to="/customers" search={{ id: nomen }} className={buttonLook('secondary', 'self-start')}>
            <Trans>Lihat riwayat pelanggan</Trans>
          </Link>
        </>
      ) : (
        !customer.isError && <Skeleton lines={3} />
      )}
    </section>
  )
}

/** What is said of the other periods. */
function Others({ history, read }: { history: MeterHistoryOut; read: MeterAnomaly }) {
  const others = history.items.filter(one => one.period !== read.period)
  if (others.length === 0) return null
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Periode lain</Trans>
      </h3>
      <ul className="divide-y divide-line rounded-lg border border-line">
        {others.map(one => (
          <li key={one.period} className="flex flex-col gap-1 px-3 py-2 text-sm">
            <span className="flex items-baseline justify-between gap-2">
              <Link
                to="/meter"
                search={{ id: history.nomen, period: one.period }}
                className="font-medium text-brand hover:underline pointer-coarse:-my-2 pointer-coarse:py-3"
              >
                {periodWords(one.period)}
              </Link>
              <span className="tabular">{cubic(one.use_m3)}</span>
            </span>
            {one.kinds.length > 0 && <KindTags kinds={one.kinds} />}
            <span className="text-xs text-muted">{saidOf(one, { remarks: true }).join(' ')}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
