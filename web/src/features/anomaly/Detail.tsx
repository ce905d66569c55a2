import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import type { AnomalyDetail } from '@/api'
import { useCatalogue } from '@/app/catalogue'
import { Feedback } from '@/app/Feedback'
import { incidentQuery } from '@/app/incidents'
import { Opinion } from '@/app/Opinion'
import { Milder, Reason } from '@/app/Reason'
import { useMay } from '@/app/session'
import { date, moment, percent, quantity } from '@/lib/format'
import { Drawer } from '@/ui/Dialog'
import { Failed, Skeleton } from '@/ui/States'
import { SeverityBadge, StatusBadge } from '@/ui/StatusBadge'
import { History } from './History'
import { anomalyQuery } from './queries'

/** One verdict: what was used, what is usual, what would have been calmer, and what it was judged against. */
export default function Detail({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useLingui()
  const detail = useQuery({ ...anomalyQuery(id ?? ''), enabled: id !== undefined })
  const verdict = detail.data
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={
        verdict
          ? `${verdict.location.name} · ${verdict.product.name}`
          : t({ message: 'Penilaian', context: 'satu' })
      }
      description={verdict && date(verdict.date)}
    >
      {verdict ? (
        <Body verdict={verdict} />
      ) : detail.isError ? (
        <Failed
          what={<Trans>Penilaian ini belum bisa dimuat.</Trans>}
          error={detail.error}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <Skeleton lines={7} />
      )}
    </Drawer>
  )
}

function Body({ verdict }: { verdict: AnomalyDetail }) {
  const { locationOf } = useCatalogue()
  const zone = locationOf.get(verdict.location.id)?.timezone
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <StatusBadge status={verdict.status} className="self-start" />
        <p className="text-sm">
          <Reason verdict={verdict} />
        </p>
        {verdict.milder.length > 0 && (
          <p className="text-sm font-medium">
            <Milder verdict={verdict} />
          </p>
        )}
      </div>
      <dl className="grid grid-cols-3 divide-x divide-line rounded-lg border border-line">
        <Fact name={<Trans>Volume</Trans>}>{quantity(verdict.volume, 'L')}</Fact>
        <Fact name={<Trans>Baseline</Trans>}>
          {verdict.baseline === null ? '–' : quantity(verdict.baseline, 'L')}
        </Fact>
        <Fact name={<Trans>Skor</Trans>}>
          {verdict.risk_score === null ? '–' : percent(verdict.risk_score, 2)}
        </Fact>
      </dl>
      {verdict.history.length > 0 && <History verdict={verdict} />}
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-semibold">
          <Trans>Pendapat kedua</Trans>
        </h3>
        <Opinion opinion={verdict.second_opinion} />
      </section>
      {verdict.second_opinion?.incident_id && <ItsIncident id={verdict.second_opinion.incident_id} />}
      {verdict.revisions.length > 0 && <Revisions verdict={verdict} zone={zone} />}
      <p className="text-xs text-muted">
        <Trans>Dinilai {moment(verdict.judged_at, zone)}</Trans>
        {' · '}
        <JudgedBy thresholds={verdict.thresholds} />
      </p>
    </div>
  )
}

/** The incident that the record belongs to, and what people say of it. */
function ItsIncident({ id }: { id: string }) {
  const detail = useQuery({ ...incidentQuery(id), enabled: useMay('incidents', 'r') })
  const incident = detail.data
  if (!incident) return null
  return (
    <>
      <section className="flex flex-col gap-2">
        <h3 className="text-sm font-semibold">
          <Trans>Insidennya</Trans>
        </h3>
        <Link
          to="/incidents"
          search={{ id }}
          className="flex min-h-11 flex-wrap items-center justify-between gap-2 rounded-lg border border-line px-3 py-2 text-sm hover:bg-hover"
        >
          <SeverityBadge severity={incident.severity} />
          <Plural value={incident.facts} other="# catatan menyimpang" />
          <span className="font-medium text-brand">
            <Trans>Buka insiden</Trans>
          </span>
        </Link>
      </section>
      <Feedback incident={incident} />
    </>
  )
}

function JudgedBy({ thresholds }: { thresholds: AnomalyDetail['thresholds'] }) {
  const waspada = percent(thresholds.waspada_pct, 4)
  const anomali = percent(thresholds.anomali_pct, 4)
  return (
    <Trans>
      Waspada mulai {waspada}, anomali di atas {anomali}
    </Trans>
  )
}

function Fact({ name, children }: { name: ReactNode; children: ReactNode }) {
  return (
    <div className="min-w-0 px-2.5 py-2 sm:px-3">
      <dt className="text-xs text-muted">{name}</dt>
      <dd className="text-sm font-semibold break-words tabular sm:text-base">{children}</dd>
    </div>
  )
}

function Revisions({ verdict, zone }: { verdict: AnomalyDetail; zone: string | undefined }) {
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Penilaian sebelumnya</Trans>
      </h3>
      <p className="text-sm text-muted">
        <Trans>Catatan ini atau riwayatnya berubah, jadi dinilai ulang. Yang lama tetap disimpan.</Trans>
      </p>
      <ul className="flex flex-col divide-y divide-line rounded-lg border border-line">
        {verdict.revisions.map(old => (
          <li key={old.judged_at} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-3 py-2 text-sm">
            <StatusBadge status={old.status} />
            <span className="tabular">{quantity(old.volume, 'L')}</span>
            <span className="text-muted tabular">
              {old.risk_score === null ? '–' : percent(old.risk_score)}
            </span>
            <span className="ml-auto text-xs text-muted">{moment(old.judged_at, zone)}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
