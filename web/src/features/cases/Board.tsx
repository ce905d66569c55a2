/** Cases in columns by how far they are; a card is dragged, or moved by its menu. */
import { draggable, dropTargetForElements } from '@atlaskit/pragmatic-drag-and-drop/element/adapter'
import { i18n } from '@lingui/core'
import { Trans } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import type { CaseOut, CaseSummary } from '@/api'
import { CASE_STATUSES, STATUS_LOOK, type CaseStatus } from '@/app/cases'
import { useMay } from '@/app/session'
import { number } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Opener } from '@/ui/Opener'
import { Failed, Skeleton } from '@/ui/States'
import { CaseFace } from './columns'
import { MoveTool, type Moving } from './moving'
import { useNames } from './names'
import { casesQuery, type Filters } from './queries'

const COLUMN_SIZE = 30

interface BoardProps {
  filters: Filters
  summary: CaseSummary | undefined
  moving: Moving
  onOpen: (id: string) => void
}

export function Board({ filters, summary, moving, onOpen }: BoardProps) {
  return (
    <div className="-mx-4 flex snap-x gap-3 overflow-x-auto px-4 pb-2 md:mx-0 md:px-0">
      {CASE_STATUSES.map(status => (
        <Column
          key={status}
          status={status}
          filters={filters}
          count={summary?.by_status[status]}
          moving={moving}
          onOpen={onOpen}
        />
      ))}
    </div>
  )
}

interface ColumnProps extends Omit<BoardProps, 'summary'> {
  status: CaseStatus
  count: number | undefined
}

function Column({ status, filters, count, moving, onOpen }: ColumnProps) {
  const { word, icon: Icon } = STATUS_LOOK[status]
  const list = useInfiniteQuery(casesQuery({ ...filters, status }, COLUMN_SIZE))
  const under = [...moving.under.values()]
  const rows = [
    ...under.filter(({ to }) => to === status).map(({ one }) => one),
    ...(list.data?.pages ?? []).flatMap(page => page.items).filter(({ id }) => !moving.under.has(id)),
  ]
  const name = i18n._(word)
  return (
    <DropColumn status={status} name={name} onDrop={one => moving.move(one, status)}>
      <h2 className="flex items-center gap-2 px-1 text-sm font-semibold">
        <Icon aria-hidden className="size-4 text-muted" />
        {name}
        {count !== undefined && <span className="font-normal text-muted tabular">{number(count)}</span>}
      </h2>
      {list.isPending ? (
        <Skeleton lines={3} />
      ) : list.data === undefined ? (
        <Failed
          what={<Trans>Kolom ini belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : (
        <ul aria-label={name} className="flex flex-col gap-2">
          {rows.map(one => (
            <Card key={one.id} one={one} moving={moving} onOpen={onOpen} />
          ))}
          {rows.length === 0 && (
            <li className="px-1 py-3 text-xs text-muted">
              <Trans>Kosong</Trans>
            </li>
          )}
        </ul>
      )}
      {list.hasNextPage && (
        <Button look="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          <Trans>Muat lagi</Trans>
        </Button>
      )}
    </DropColumn>
  )
}

function caseOf(data: Record<string | symbol, unknown>): CaseOut | undefined {
  return data['case'] as CaseOut | undefined
}

interface DropColumnProps {
  status: CaseStatus
  name: string
  onDrop: (one: CaseOut) => void
  children: ReactNode
}

function DropColumn({ status, name, onDrop, children }: DropColumnProps) {
  const box = useRef<HTMLElement>(null)
  const drop = useRef(onDrop)
  const [over, setOver] = useState(false)
  useEffect(() => {
    drop.current = onDrop
  })
  useEffect(() => {
    if (!box.current) return undefined
    return dropTargetForElements({
      element: box.current,
      canDrop: ({ source }) => caseOf(source.data)?.next_statuses.includes(status) ?? false,
      onDragEnter: () => setOver(true),
      onDragLeave: () => setOver(false),
      onDrop: ({ source }) => {
        setOver(false)
        const one = caseOf(source.data)
        if (one) drop.current(one)
      },
    })
  }, [status])
  return (
    <section
      ref={box}
      aria-label={name}
      className={clsx(
        'flex w-[17rem] shrink-0 snap-start flex-col gap-2 rounded-lg border p-2 transition-colors md:w-auto md:min-w-52 md:flex-1',
        over ? 'border-brand bg-brand-soft' : 'border-line bg-sunken',
      )}
    >
      {children}
    </section>
  )
}

interface CardProps {
  one: CaseOut
  moving: Moving
  onOpen: (id: string) => void
}

function Card({ one, moving, onOpen }: CardProps) {
  const mayMove = useMay('cases', 'u')
  const nameOf = useNames()
  const box = useRef<HTMLLIElement>(null)
  const [dragged, setDragged] = useState(false)
  useEffect(() => {
    if (!box.current || !mayMove) return undefined
    return draggable({
      element: box.current,
      getInitialData: () => ({ case: one }),
      onDragStart: () => setDragged(true),
      onDrop: () => setDragged(false),
    })
  }, [one, mayMove])
  return (
    <li
      ref={box}
      data-in-hand={dragged || undefined}
      className={clsx(
        'relative rounded-md border border-line bg-raised px-3 py-2.5 text-sm',
        mayMove && 'cursor-grab',
        dragged && 'opacity-50',
        moving.under.has(one.id) && 'border-dashed',
      )}
    >
      <CaseFace
        one={one}
        nameOf={nameOf}
        opener={title => (
          <Opener id={one.id} onOpen={() => onOpen(one.id)}>
            {title}
          </Opener>
        )}
        tool={mayMove && <MoveTool one={one} moving={moving} small />}
      />
    </li>
  )
}
