import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Download, FileSpreadsheet } from 'lucide-react'
import { lazy } from 'react'
import type { ImportRecord } from '@/api'
import { useMay, useSession } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { month, moment, number } from '@/lib/format'
import { Button } from '@/ui/Button'
import { OnDemand } from '@/ui/OnDemand'
import { Page } from '@/ui/Page'
import { Empty, Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { Drop } from './Drop'
import { useFollowing } from './following'
import { readyFiles } from './ready'
import { importsQuery, moves, saveSample, saveTemplate, typesQuery } from './queries'
import { SaveReady } from './SaveReady'
import { StateTag } from './states'

const ImportDrawer = lazy(() => import('./ImportDrawer'))
const route = getRouteApi('/_app/imports')

export function ImportsPage() {
  const { t } = useLingui()
  const { id } = route.useSearch()
  const navigate = route.useNavigate()
  const maySend = useMay('imports', 'c')
  const { user } = useSession()
  const list = useInfiniteQuery(importsQuery)
  useFollowing()
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  return (
    <Page
      title={t`Unggah data`}
      lead={<Trans>Berkas menjadi catatan: dikenali, diperlihatkan, lalu disimpan.</Trans>}
    >
      {maySend && <Drop />}
      {list.isPending ? (
        <Skeleton lines={4} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar impor belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <Empty
          icon={<FileSpreadsheet aria-hidden />}
          title={<Trans>Belum ada berkas.</Trans>}
          action={<Templates />}
        >
          <Trans>
            Berkas yang Anda unggah muncul di sini. Belum punya? Mulai dari templat, atau lihat contohnya.
          </Trans>
        </Empty>
      ) : (
        <>
          {maySend && <SaveReady files={readyFiles(rows, user.id)} />}
          <ul aria-label={t`Impor`} className="divide-y divide-line rounded-lg border border-line">
            {rows.map(row => (
              <Row key={row.id} row={row} onOpen={() => void navigate({ search: { id: row.id } })} />
            ))}
          </ul>
          {list.hasNextPage && (
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              <Trans>Muat lagi</Trans>
            </Button>
          )}
          <details className="text-sm">
            <summary className="cursor-pointer py-2 text-muted pointer-coarse:py-3">
              <Trans>Templat dan contoh</Trans>
            </summary>
            <Templates />
          </details>
        </>
      )}
      <OnDemand wanted={id !== undefined}>
        <ImportDrawer id={id} onClose={() => void navigate({ search: {} })} />
      </OnDemand>
    </Page>
  )
}

function Row({ row, onOpen }: { row: ImportRecord; onOpen: () => void }) {
  const { t } = useLingui()
  const { created, updated, unchanged, rejected } = row.counts
  const said = [
    created > 0 && t`${number(created)} baru`,
    updated > 0 && t`${number(updated)} berubah`,
    unchanged > 0 && t`${number(unchanged)} sama`,
  ].filter(Boolean)
  const what = [row.type_title, row.period && month(`${row.period}-01`)].filter(Boolean).join(' · ')
  return (
    <li>
      <button
        type="button"
        onClick={onOpen}
        className="flex w-full flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 text-left hover:bg-hover"
      >
        <span className="min-w-48 flex-1">
          <span className="block text-sm font-medium break-all">{row.file_name}</span>
          <span className="block text-xs text-muted">
            {what && `${what} · `}
            {moment(row.uploaded_at)}
          </span>
          {row.blocks[0] && row.state !== 'undone' && (
            <span className="block text-xs text-waspada">{row.blocks[0].message}</span>
          )}
        </span>
        {row.rows > 0 && !moves(row.state) && (
          <span className="text-xs text-muted tabular-nums">
            {said.join(', ')}
            {rejected > 0 && (
              <span className="font-medium text-anomali">
                {said.length > 0 && ', '}
                <Trans>{number(rejected)} ditolak</Trans>
              </span>
            )}
          </span>
        )}
        <span className="flex w-44 flex-col items-start gap-1">
          <StateTag state={row.state} />
          {moves(row.state) && (
            <progress
              aria-label={t`Kemajuan ${row.file_name}`}
              value={row.progress}
              max={1}
              className="h-1.5 w-full accent-brand"
            />
          )}
        </span>
      </button>
    </li>
  )
}

/** A workbook to fill in, and one that is filled in, for each type of file. */
function Templates() {
  const { t } = useLingui()
  const types = useQuery(typesQuery)
  const take = useMutation({
    mutationFn: async (asked: { type: string; sample: boolean }) =>
      asked.sample ? saveSample(asked.type) : saveTemplate(asked.type),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  return (
    <ul aria-label={t`Templat`} className="flex w-full max-w-lg flex-col divide-y divide-line text-left">
      {(types.data ?? []).map(({ type, title }) => (
        <li key={type} className="flex flex-wrap items-center gap-2 py-1.5">
          <span className="min-w-40 flex-1 text-sm text-text">{title}</span>
          <Button
            look="quiet"
            icon={<Download aria-hidden className="size-4" />}
            onClick={() => take.mutate({ type, sample: false })}
          >
            <Trans>Templat</Trans>
            <span className="sr-only"> {title}</span>
          </Button>
          <Button look="quiet" onClick={() => take.mutate({ type, sample: true })}>
            <Trans>Contoh</Trans>
            <span className="sr-only"> {title}</span>
          </Button>
        </li>
      ))}
    </ul>
  )
}
