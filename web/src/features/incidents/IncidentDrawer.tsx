import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { IncidentDetail, Judged } from '@/api'
import { CasesAbout } from '@/app/CasesAbout'
import { Feedback } from '@/app/Feedback'
import { incidentQuery } from '@/app/incidents'
import { Causes, OpinionLine, OpinionMilder, Shift } from '@/app/Opinion'
import { Milder } from '@/app/Reason'
import { date, percent, quantity } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { Failed, Skeleton, Stale } from '@/ui/States'
import { SeverityBadge, StatusBadge } from '@/ui/StatusBadge'
import { span, StateTag } from './columns'

const FIRST_SHOWN = 5

/** One incident: what happened, what the rule and the detector say of each record, and what people said. */
export default function IncidentDrawer({ id, onClose }: { id: string | undefined; onClose: () => void }) {
  const { t } = useLingui()
  const detail = useQuery({ ...incidentQuery(id ?? ''), enabled: id !== undefined })
  const incident = detail.data
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={
        incident
          ? `${incident.location.name} · ${incident.product.name}`
          : t({ message: 'Insiden', context: 'satu' })
      }
      description={incident && span(incident)}
    >
      {incident ? (
        <Body key={incident.id} incident={incident} />
      ) : detail.isError ? (
        <Failed
          what={<Trans>Insiden ini belum bisa dimuat.</Trans>}
          error={detail.error}
          onRetry={() => void detail.refetch()}
        />
      ) : (
        <Skeleton lines={7} />
      )}
    </Drawer>
  )
}

function Body({ incident }: { incident: IncidentDetail }) {
  const opinions = incident.records.flatMap(record => record.second_opinion ?? [])
  const causes = opinions.find(opinion => opinion.causes.length > 0)?.causes ?? []
  return (
    <div className="flex flex-col gap-5">
      <div className="flex flex-col gap-2">
        <span className="flex flex-wrap gap-2">
          <SeverityBadge severity={incident.severity} />
          <StateTag incident={incident} />
        </span>
        <p className="text-sm">
          <Happened incident={incident} />
        </p>
        {incident.is_history && (
          <p className="text-xs text-muted">
            <Trans>Dari riwayat: diimpor, atau terjadi lebih dari tujuh hari sebelum dicatat.</Trans>
          </p>
        )}
        {incident.state === 'withdrawn' && (
          <Stale>
            <Trans>
              Insiden ini ditarik: catatannya dikoreksi atau dibatalkan, jadi tidak lagi menyimpang.
            </Trans>
          </Stale>
        )}
      </div>
      <Records records={incident.records} />
      <Causes causes={causes} />
      <CasesAbout about={{ incident: incident.id }} />
      <Feedback incident={incident} />
    </div>
  )
}

/** What happened, in one sentence. */
function Happened({ incident }: { incident: IncidentDetail }) {
  const { newest, facts } = incident
  const where = `${incident.location.name} (${incident.product.name})`
  const when = span(incident)
  const use = newest && quantity(newest.volume, 'L')
  const usual = newest?.baseline ? quantity(newest.baseline, 'L') : null
  const subsided = incident.state === 'closed' && (
    <Trans>Tiga catatan sesudahnya wajar, jadi insiden ini mereda.</Trans>
  )
  if (facts === 1 && use && usual) {
    return (
      <>
        <Trans>
          {use} tercatat di {where} pada {when}; biasanya {usual}.
        </Trans>{' '}
        {subsided}
      </>
    )
  }
  return (
    <>
      <Plural value={facts} other={`# catatan di ${where} menyimpang, ${when}.`} />{' '}
      {use && usual && (
        <Trans>
          Yang terbaru {use}; biasanya {usual}.
        </Trans>
      )}{' '}
      {subsided}
    </>
  )
}

function Records({ records }: { records: readonly Judged[] }) {
  const [all, setAll] = useState(false)
  if (records.length === 0) return null
  const shown = all ? records : records.slice(0, FIRST_SHOWN)
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Catatannya</Trans>
      </h3>
      <ul className="flex flex-col gap-2">
        {shown.map(record => (
          <Record key={record.anomaly.id} record={record} />
        ))}
      </ul>
      {shown.length < records.length && (
        <Button look="quiet" className="self-start" onClick={() => setAll(true)}>
          <Plural value={records.length - shown.length} other="Tampilkan # catatan lagi" />
        </Button>
      )}
    </section>
  )
}

/** A record, the rule's verdict and the detector's opinion side by side. */
function Record({ record: { anomaly, second_opinion: opinion } }: { record: Judged }) {
  return (
    <li className="flex flex-col gap-2 rounded-lg border border-line px-3 py-2.5 text-sm">
      <span className="flex items-baseline justify-between gap-2">
        <Link
          to="/anomalies"
          search={{ id: anomaly.id }}
          className="font-medium text-brand underline-offset-4 hover:underline"
        >
          {date(anomaly.date)}
        </Link>
        <span className="font-semibold tabular">{quantity(anomaly.volume, 'L')}</span>
      </span>
      <dl className="grid grid-cols-[4.5rem_1fr] gap-x-2 gap-y-1.5">
        <dt className="text-muted">
          <Trans>Aturan</Trans>
        </dt>
        <dd className="flex flex-wrap items-center gap-2">
          <StatusBadge status={anomaly.status} />
          {anomaly.risk_score !== null && <span className="tabular">{percent(anomaly.risk_score)}</span>}
        </dd>
        <dt className="text-muted">
          <Trans>Detektor</Trans>
        </dt>
        <dd>{opinion ? <OpinionLine opinion={opinion} /> : <Trans>Belum menilai.</Trans>}</dd>
      </dl>
      {(anomaly.milder.length > 0 || opinion?.milder) && (
        <p className="text-xs text-muted">
          <Milder verdict={anomaly} /> {opinion?.milder && <OpinionMilder milder={opinion.milder} />}
        </p>
      )}
      {opinion?.shift && (
        <p className="text-xs font-medium">
          <Shift shift={opinion.shift} />
        </p>
      )}
    </li>
  )
}
