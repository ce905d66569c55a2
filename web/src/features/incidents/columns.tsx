import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Plural, Trans } from '@lingui/react/macro'
import type { Incident } from '@/api'
import { AnswerTag } from '@/app/AnswerTag'
import { ANSWERS } from '@/app/incidents'
import { Reason } from '@/app/Reason'
import { date, number, shortDate } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { SeverityBadge, severityWord, Tag } from '@/ui/StatusBadge'

export const STATES = { open: msg`Terbuka`, closed: msg`Mereda`, withdrawn: msg`Ditarik` } as const

function stateText(incident: Incident): string {
  const { state, answer } = incident
  return i18n._(state === 'withdrawn' || answer === 'none' ? STATES[state] : ANSWERS[answer])
}

/** What people said; while nobody said anything, whether use is usual again. */
export function StateTag({ incident }: { incident: Incident }) {
  if (incident.state === 'withdrawn' || incident.answer === 'none') {
    const tone = incident.state === 'closed' ? 'good' : 'muted'
    return <Tag tone={tone}>{i18n._(STATES[incident.state])}</Tag>
  }
  return <AnswerTag answer={incident.answer} />
}

/** `8 Jan – 10 Jan 2025`, or one date. */
export function span({ first_date, last_date }: Pick<Incident, 'first_date' | 'last_date'>): string {
  if (first_date === last_date) return date(last_date)
  const sameYear = first_date.slice(0, 4) === last_date.slice(0, 4)
  return `${sameYear ? shortDate(first_date) : date(first_date)} – ${date(last_date)}`
}

function Why({ incident }: { incident: Incident }) {
  return incident.newest ? (
    <Reason verdict={incident.newest} />
  ) : (
    <Trans>Catatan terbarunya dibatalkan.</Trans>
  )
}

/** Where, how severe, how it stands, when, how many, why: the same order as on a card. */
export const columns: readonly Column<Incident>[] = [
  {
    id: 'where',
    header: msg`Lokasi dan produk`,
    text: incident => `${incident.location.name} · ${incident.product.name}`,
    cell: incident => (
      <>
        {incident.location.name} <span className="font-normal text-muted">· {incident.product.name}</span>
      </>
    ),
    meta: { width: '22%' },
  },
  {
    id: 'severity',
    header: msg`Tingkat`,
    text: incident => i18n._(severityWord(incident.severity)),
    cell: incident => <SeverityBadge severity={incident.severity} />,
    meta: { width: '7.5rem' },
  },
  {
    id: 'state',
    header: msg`Keadaan`,
    text: stateText,
    cell: incident => <StateTag incident={incident} />,
    meta: { width: '9rem' },
  },
  {
    id: 'when',
    header: msg`Tanggal`,
    text: incident => `${incident.first_date} – ${incident.last_date}`,
    cell: incident => span(incident),
    meta: { width: '11.5rem' },
  },
  {
    id: 'facts',
    header: msg({ message: 'Catatan', context: 'jumlah' }),
    text: incident => String(incident.facts),
    cell: incident => number(incident.facts),
    meta: { numeric: true, width: '5.5rem' },
  },
  {
    id: 'why',
    header: msg`Alasan terbaru`,
    text: incident => incident.newest?.reason.text ?? '',
    cell: incident => (
      <span className="text-muted">
        <Why incident={incident} />
      </span>
    ),
  },
]

export function IncidentCard({ incident }: { incident: Incident }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate">
          {incident.location.name} <span className="font-normal text-muted">· {incident.product.name}</span>
        </span>
        <SeverityBadge severity={incident.severity} />
      </span>
      <span className="flex items-center justify-between gap-2 font-normal tabular">
        <span className="min-w-0 whitespace-normal text-muted">
          {span(incident)} · <Plural value={incident.facts} other="# catatan" />
        </span>
        <StateTag incident={incident} />
      </span>
      <span className="text-xs font-normal whitespace-normal text-muted">
        <Why incident={incident} />
      </span>
    </span>
  )
}
