import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ClipboardList, Plus, SquareKanban, Table2 } from 'lucide-react'
import { lazy, useMemo, useState } from 'react'
import type { CaseOut, CaseSummary } from '@/api'
import { STATUS_LOOK, typeWord } from '@/app/cases'
import { ExportTool } from '@/app/ExportTool'
import { Listing, useSelection } from '@/app/Listing'
import { useOrderable } from '@/app/ordering'
import { useMay } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { number } from '@/lib/format'
import { tidy } from '@/lib/search'
import { Button } from '@/ui/Button'
import { Chip } from '@/ui/Chip'
import { FilterBar } from '@/ui/FilterBar'
import { Narrowed } from '@/ui/Narrowed'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { PrintTool } from '@/ui/PrintTool'
import { Empty, NoMatch } from '@/ui/States'
import { Tool } from '@/ui/Tool'
import { Board } from './Board'
import { ConflictDialog } from './changing'
import { CaseCard, columnsFor } from './columns'
import { Following, useFollowing } from './following'
import { ResolutionDialog, useMoving } from './moving'
import { useNames } from './names'
import { casesExport, casesQuery, summaryQuery, type Filters } from './queries'
import { PRIORITY_WORDS, subject } from './words'

const AssignDialog = lazy(() => import('./AssignDialog'))
const CaseDrawer = lazy(() => import('./CaseDrawer'))
const FilterFields = lazy(() => import('./FilterFields'))
const NewCaseDrawer = lazy(() => import('./NewCaseDrawer'))
const route = getRouteApi('/_app/cases')

export function CasesPage() {
  const { t } = useLingui()
  const { id, view, nomen, period, kind, incident, ...filters } = route.useSearch()
  const navigate = route.useNavigate()
  const mayOpen = useMay('cases', 'c')
  const summary = useQuery(summaryQuery(filters))
  const look = view && { view }
  const { q, ...narrowing } = filters
  const active = Object.keys(narrowing).length
  const change = (next: Filters) => void navigate({ search: { ...look, ...next }, replace: true })
  const open = (next: string) => void navigate({ search: { ...look, ...filters, id: next } })
  const close = () => void navigate({ search: { ...look, ...filters } })
  const clear = () => change(q ? { q } : {})
  const isEmpty =
    summary.data !== undefined && Object.values(summary.data.by_status).every(count => count === 0)
  const empty = (
    <Empty
      icon={<ClipboardList aria-hidden />}
      title={<Trans>Belum ada kasus.</Trans>}
      action={
        mayOpen && (
          <Button look="primary" onClick={() => open('new')}>
            <Trans>Kasus baru</Trans>
          </Button>
        )
      }
    >
      <Trans>
        Satu kasus untuk satu hal yang perlu dicari tahu. Buat dari nomor pelanggan, atau dari rincian Meter
        dan Insiden.
      </Trans>
    </Empty>
  )
  const shared = { filters, onOpen: open, openId: id, clear, empty }
  return (
    <Page
      title={t`Kasus`}
      lead={
        <Trans>Analisis atas yang menyimpang: siapa mengerjakannya, sampai kapan, dan apa temuannya.</Trans>
      }
      actions={
        mayOpen && (
          <Button
            look="primary"
            data-new
            icon={<Plus aria-hidden className="size-4" />}
            onClick={() => open('new')}
          >
            <Trans>Kasus baru</Trans>
          </Button>
        )
      }
    >
      {view === 'table' ? (
        <Table
          {...shared}
          summary={summary.data}
          onChange={change}
          onBoard={() => void navigate({ search: withoutStatus(filters) })}
        />
      ) : (
        <>
          <Following />
          <FilterBar
            active={active}
            onClear={clear}
            chips={<Chips filters={filters} summary={summary.data} onChange={change} />}
            aside={
              <Tool
                label={t`Lihat tabel`}
                icon={<Table2 aria-hidden className="size-4" />}
                onClick={() => void navigate({ search: { ...filters, view: 'table' } })}
              />
            }
          >
            <FilterFields filters={filters} onChange={change} />
          </FilterBar>
          {isEmpty ? (
            active > 0 || q ? (
              <NoMatch onClear={() => change({})} />
            ) : (
              empty
            )
          ) : (
            <Moved filters={withoutStatus(filters)} summary={summary.data} onOpen={open} />
          )}
        </>
      )}
      <OnDemand wanted={id === 'new'}>
        <NewCaseDrawer
          open={id === 'new'}
          begun={tidy({ nomen, period, kind, incident })}
          onClose={close}
          onOpened={next => void navigate({ search: { ...look, ...filters, id: next }, replace: true })}
        />
      </OnDemand>
      <OnDemand wanted={id !== undefined && id !== 'new'}>
        <CaseDrawer id={id === 'new' ? undefined : id} onClose={close} />
      </OnDemand>
    </Page>
  )
}

function withoutStatus(filters: Filters): Filters {
  return tidy({ ...filters, status: undefined })
}

function Moved({
  filters,
  summary,
  onOpen,
}: {
  filters: Filters
  summary: CaseSummary | undefined
  onOpen: (id: string) => void
}) {
  const moving = useMoving()
  return (
    <>
      <Board filters={filters} summary={summary} moving={moving} onOpen={onOpen} />
      <ResolutionDialog moving={moving} />
      <ConflictDialog changing={moving} />
    </>
  )
}

interface ChipsProps {
  filters: Filters
  summary: CaseSummary | undefined
  onChange: (filters: Filters) => void
}

function counted(value: number | undefined): string | undefined {
  return value === undefined ? undefined : number(value)
}

/** What waits for somebody: counted among what the other filters find. */
function Chips({ filters, summary, onChange }: ChipsProps) {
  const { assignee, overdue, ...rest } = filters
  const kept = { ...rest, ...(overdue && { overdue }) }
  return (
    <>
      <Chip pressed={assignee === undefined && !overdue} onClick={() => onChange(rest)}>
        <Trans context="kasus">Semua</Trans>
      </Chip>
      <Chip
        pressed={assignee === 'me'}
        count={counted(summary?.mine)}
        onClick={() => onChange(assignee === 'me' ? kept : { ...kept, assignee: 'me' })}
      >
        <Trans>Tugas saya</Trans>
      </Chip>
      <Chip
        pressed={assignee === 'none'}
        count={counted(summary?.unassigned)}
        onClick={() => onChange(assignee === 'none' ? kept : { ...kept, assignee: 'none' })}
      >
        <Trans>Belum ada petugas</Trans>
      </Chip>
      <Chip
        pressed={overdue ?? false}
        count={counted(summary?.overdue)}
        onClick={() =>
          onChange({ ...rest, ...(assignee && { assignee }), ...(!overdue && { overdue: true }) })
        }
      >
        <Trans>Lewat tenggat</Trans>
      </Chip>
    </>
  )
}

/** What narrows the list, in words. */
function useWords({ q, assignee, priority, type, rayon, overdue, status }: Filters) {
  const { t, i18n } = useLingui()
  const nameOf = useNames()
  const urgency = priority && i18n._(PRIORITY_WORDS[priority])
  return [
    q,
    assignee === 'me'
      ? t`Tugas saya`
      : assignee === 'none'
        ? t`Belum ada petugas`
        : assignee && nameOf(assignee),
    overdue ? t`Lewat tenggat` : undefined,
    status && i18n._(STATUS_LOOK[status].word),
    type && typeWord(type),
    urgency && t`Prioritas: ${urgency}`,
    rayon && t`Rayon ${rayon}`,
  ]
}

interface TableProps extends ChipsProps {
  onOpen: (id: string) => void
  openId: string | undefined
  onBoard: () => void
  clear: () => void
  empty: React.ReactNode
}

function Table({ filters, summary, onChange, onOpen, openId, onBoard, clear, empty }: TableProps) {
  const { t } = useLingui()
  const nameOf = useNames()
  const mayChange = useMay('cases', 'u')
  const { list, asked } = useOrderable(limit => casesQuery(filters, limit))
  useFollowing(asked.order !== undefined)
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const columns = useMemo(() => columnsFor(nameOf), [nameOf])
  const selection = useSelection()
  const [assigning, setAssigning] = useState<readonly CaseOut[] | null>(null)
  const { q, ...narrowing } = filters
  const active = Object.keys(narrowing).length
  return (
    <>
      <FilterBar
        active={active}
        onClear={clear}
        chips={<Chips filters={filters} summary={summary} onChange={onChange} />}
        aside={
          <>
            <Tool
              label={t`Lihat papan`}
              icon={<SquareKanban aria-hidden className="size-4" />}
              onClick={onBoard}
            />
            <ExportTool {...casesExport(filters)} />
            <PrintTool />
            <TableTools table="cases" columns={columns} selection={selection} />
          </>
        }
      >
        <FilterFields filters={filters} onChange={onChange} withStatus />
      </FilterBar>
      <Narrowed by={useWords(filters)} />
      <Listing
        table="cases"
        label={t`Kasus`}
        list={list}
        asked={asked}
        failure={<Trans>Daftar kasus belum bisa dimuat.</Trans>}
        columns={columns}
        rows={rows}
        rowId={one => one.id}
        rowName={one => `#${one.number} ${typeWord(one.type)}, ${subject(one)}`}
        onOpen={one => onOpen(one.id)}
        openId={openId}
        card={one => <CaseCard one={one} nameOf={nameOf} />}
        filtered={active > 0 || q !== undefined}
        onClear={() => onChange({})}
        empty={empty}
        selection={selection}
        acts={marked =>
          mayChange && (
            <Button onClick={() => setAssigning(marked)}>
              <Trans>Tugaskan…</Trans>
            </Button>
          )
        }
      />
      <OnDemand wanted={assigning !== null}>
        <AssignDialog
          cases={assigning}
          onClose={() => setAssigning(null)}
          onDone={() => {
            setAssigning(null)
            selection.end()
          }}
        />
      </OnDemand>
    </>
  )
}
