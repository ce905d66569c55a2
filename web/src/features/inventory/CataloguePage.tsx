import { Trans } from '@lingui/react/macro'
import { useLingui } from '@lingui/react'
import { keepPreviousData } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { lazy, useMemo } from 'react'
import { ActiveTag } from '@/app/ActiveTag'
import { Listing, useSelection } from '@/app/Listing'
import { useOrderable } from '@/app/ordering'
import { useMay } from '@/app/session'
import { TableTools } from '@/app/TableTools'
import { Button } from '@/ui/Button'
import type { Column } from '@/ui/columns'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty } from '@/ui/States'
import { activation } from './activationColumn'
import { useActivation } from './activation'
import { activeOf, type Entry, type Filters, type Kind } from './catalogue'
import { SearchBar } from './SearchBar'

const CatalogueDrawer = lazy(() => import('./CatalogueDrawer')) as typeof import('./CatalogueDrawer').default

interface CataloguePageProps<One extends Entry> {
  kind: Kind<One>
  search: Filters & { id?: string }
  /** Changing a filter replaces the address, opening pushes one. */
  onSearch: (search: Filters & { id?: string }, replace?: boolean) => void
}

export function CataloguePage<One extends Entry>({ kind, search, onSearch }: CataloguePageProps<One>) {
  const { i18n } = useLingui()
  const { id, ...filters } = search
  const { words } = kind
  const mayAdd = useMay(kind.name, 'c')
  const { list, asked } = useOrderable((limit = 100) => ({
    queryKey: [{ _id: kind.operations.list, limit, ...filters }],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit, ...activeOf(filters), ...(filters.q && { q: filters.q }) }
      return (await kind.list({ ...query, ...(pageParam && { cursor: pageParam }) }, signal)).data
    },
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
  }))
  const rows = useMemo(() => (list.data?.pages ?? []).flatMap(page => page.items), [list.data])
  const columns = useMemo((): readonly Column<One>[] => [...kind.columns, activation<One>()], [kind.columns])
  const selection = useSelection()
  const change = (next: Filters) => onSearch(next, true)
  const open = (next: string) => onSearch({ ...filters, id: next })
  const add = mayAdd && (
    <Button
      look="primary"
      data-new
      icon={<Plus aria-hidden className="size-4" />}
      onClick={() => open('new')}
    >
      {i18n._(words.add)}
    </Button>
  )
  return (
    <Page title={i18n._(words.title)} lead={i18n._(words.lead)} actions={add}>
      <SearchBar
        filters={filters}
        onChange={change}
        aside={<TableTools table={kind.name} columns={columns} selection={selection} />}
      />
      <Listing
        table={kind.name}
        label={i18n._(words.title)}
        list={list}
        asked={asked}
        columns={columns}
        rows={rows}
        rowId={one => one.id}
        rowName={one => one.name}
        onOpen={one => open(one.id)}
        openId={id}
        card={one => <EntryCard entry={one} details={kind.details(one)} />}
        filtered={Object.keys(filters).length > 0}
        onClear={() => change({})}
        empty={
          <Empty
            icon={<kind.icon aria-hidden />}
            title={i18n._(words.none)}
            action={
              mayAdd && (
                <Button look="primary" onClick={() => open('new')}>
                  {i18n._(words.add)}
                </Button>
              )
            }
          >
            {i18n._(words.teaches)}
          </Empty>
        }
        selection={selection}
        acts={marked => <Acts kind={kind} entries={marked} onDone={() => selection.end()} />}
      />
      <OnDemand wanted={id !== undefined}>
        <CatalogueDrawer
          kind={kind}
          id={id}
          known={rows.find(one => one.id === id)}
          onClose={() => onSearch(filters)}
        />
      </OnDemand>
    </Page>
  )
}

interface ActsProps<One extends Entry> {
  kind: Kind<One>
  entries: readonly One[]
  onDone: () => void
}

function Acts<One extends Entry>({ kind, entries, onDone }: ActsProps<One>) {
  const { activate, deactivate } = useActivation(kind)
  const mayRemove = useMay(kind.name, 'd')
  const mayEdit = useMay(kind.name, 'u')
  const active = entries.filter(one => one.is_active)
  const idle = entries.filter(one => !one.is_active)
  return (
    <>
      {mayRemove && active.length > 0 && (
        <Button
          look="danger"
          onClick={() => {
            void deactivate(active)
            onDone()
          }}
        >
          <Trans>Nonaktifkan {active.length}</Trans>
        </Button>
      )}
      {mayEdit && idle.length > 0 && (
        <Button
          onClick={() => {
            void activate(idle)
            onDone()
          }}
        >
          <Trans>Aktifkan lagi {idle.length}</Trans>
        </Button>
      )}
    </>
  )
}

function EntryCard({ entry, details }: { entry: Entry; details: React.ReactNode }) {
  return (
    <span className="flex flex-col gap-1">
      <span className="flex items-center justify-between gap-2">
        <span className="truncate">{entry.name}</span>
        <ActiveTag active={entry.is_active} />
      </span>
      <span className="font-normal text-muted">{details}</span>
    </span>
  )
}
