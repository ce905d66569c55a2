import { i18n } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans } from '@lingui/react/macro'
import {
  CalendarClock,
  ChevronDown,
  ChevronsUp,
  ChevronUp,
  Equal,
  MessageSquare,
  Paperclip,
} from 'lucide-react'
import type { ReactNode } from 'react'
import type { CaseOut } from '@/api'
import { CaseStatusTag, STATUS_LOOK, typeWord } from '@/app/cases'
import { date, number, shortDate } from '@/lib/format'
import type { Column } from '@/ui/columns'
import { Tag } from '@/ui/StatusBadge'
import { PRIORITY_WORDS, subject } from './words'

type NameOf = (id: string) => string

/** The most urgent first. */
const PRIORITY_LOOK = {
  critical: { tone: 'danger', icon: ChevronsUp },
  high: { tone: 'warning', icon: ChevronUp },
  medium: { tone: 'muted', icon: Equal },
  low: { tone: 'muted', icon: ChevronDown },
} as const

function Priority({ priority }: { priority: CaseOut['priority'] }) {
  const { tone, icon } = PRIORITY_LOOK[priority]
  return (
    <Tag tone={tone} icon={icon}>
      {i18n._(PRIORITY_WORDS[priority])}
    </Tag>
  )
}

/** Its due date; overdue in words too, not by colour alone. */
function Due({ one, short = false }: { one: CaseOut; short?: boolean }) {
  if (one.due_date === null) return <span className="text-muted">–</span>
  const day = short ? shortDate(one.due_date) : date(one.due_date)
  return one.is_overdue ? (
    <span className="font-medium text-anomali">
      <Trans>{day}, lewat</Trans>
    </span>
  ) : (
    day
  )
}

export function columnsFor(nameOf: NameOf): readonly Column<CaseOut>[] {
  const assignee = (one: CaseOut) => (one.assignee_id ? nameOf(one.assignee_id) : '–')
  return [
    {
      id: 'number',
      header: msg`Kasus`,
      text: one => `#${one.number} ${typeWord(one.type)}`,
      cell: one => (
        <>
          #{one.number} <span className="font-normal">{typeWord(one.type)}</span>
        </>
      ),
      rank: one => one.number,
      meta: { width: '9.5rem' },
    },
    { id: 'about', header: msg`Tentang`, text: subject, rank: subject, meta: { width: '19%' } },
    {
      id: 'status',
      header: msg`Status`,
      text: one => i18n._(STATUS_LOOK[one.status].word),
      cell: one => <CaseStatusTag status={one.status} />,
      rank: one => Object.keys(STATUS_LOOK).indexOf(one.status),
      meta: { width: '11.5rem' },
    },
    {
      id: 'priority',
      header: msg`Prioritas`,
      text: one => i18n._(PRIORITY_WORDS[one.priority]),
      cell: one => <Priority priority={one.priority} />,
      rank: one => Object.keys(PRIORITY_LOOK).indexOf(one.priority),
      meta: { width: '7rem' },
    },
    {
      id: 'assignee',
      header: msg({ message: 'Penanggung jawab', context: 'kasus' }),
      text: assignee,
      rank: one => (one.assignee_id ? nameOf(one.assignee_id) : null),
      meta: { width: '9rem' },
    },
    {
      id: 'due',
      header: msg`Tenggat`,
      text: one => one.due_date ?? '',
      cell: one => <Due one={one} />,
      rank: one => one.due_date,
      meta: { width: '8.5rem' },
    },
    {
      id: 'description',
      header: msg`Uraian`,
      text: one => one.description,
      cell: one => <span className="text-muted">{one.description}</span>,
    },
  ]
}

interface CaseFaceProps {
  one: CaseOut
  /** Makes the title the card's button. */
  opener: (title: ReactNode) => ReactNode
  tool?: ReactNode
  nameOf: NameOf
}

/** A case at a glance, on the board: what, about whom, whose it is, until when. */
export function CaseFace({ one, opener, tool, nameOf }: CaseFaceProps) {
  return (
    <div className="flex flex-col gap-1">
      <span className="flex items-start justify-between gap-2">
        <span className="min-w-0 flex-1">
          {opener(
            <>
              #{one.number} {typeWord(one.type)}
            </>,
          )}
        </span>
        {tool}
      </span>
      <span className="break-words">{subject(one)}</span>
      {one.description && <span className="line-clamp-2 text-xs text-muted">{one.description}</span>}
      <span className="mt-1 flex flex-wrap items-center gap-x-2.5 gap-y-1 text-xs text-muted [&_svg]:size-3.5">
        {(one.priority === 'critical' || one.priority === 'high') && <Priority priority={one.priority} />}
        {one.due_date && (
          <span className="inline-flex items-center gap-1">
            <CalendarClock aria-hidden /> <Due one={one} short />
          </span>
        )}
        {one.comments > 0 && (
          <span className="inline-flex items-center gap-1">
            <MessageSquare aria-hidden /> {number(one.comments)}
            <span className="sr-only">
              {' '}
              <Trans>komentar</Trans>
            </span>
          </span>
        )}
        {one.attachments > 0 && (
          <span className="inline-flex items-center gap-1">
            <Paperclip aria-hidden /> {number(one.attachments)}
            <span className="sr-only">
              {' '}
              <Trans>lampiran</Trans>
            </span>
          </span>
        )}
        <span className="ml-auto">
          {one.assignee_id ? nameOf(one.assignee_id) : <Trans>Belum ada petugas</Trans>}
        </span>
      </span>
    </div>
  )
}

/** The same on a phone's list, where its status has to be said. */
export function CaseCard({ one, nameOf }: { one: CaseOut; nameOf: NameOf }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate">
          #{one.number} {typeWord(one.type)}
        </span>
        <CaseStatusTag status={one.status} />
      </span>
      <span className="font-normal whitespace-normal">{subject(one)}</span>
      <span className="flex flex-wrap justify-between gap-x-2 text-xs font-normal text-muted">
        <span>{one.assignee_id ? nameOf(one.assignee_id) : <Trans>Belum ada petugas</Trans>}</span>
        <Due one={one} />
      </span>
    </span>
  )
}
