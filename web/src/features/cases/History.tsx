import { i18n, type MessageDescriptor } from '@lingui/core'
import { msg } from '@lingui/core/macro'
import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { CaseHistory } from '@/api'
import { moment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Failed, Skeleton } from '@/ui/States'
import { useNames } from './names'
import { historyQuery } from './queries'
import { FIELD_WORDS, FIELDS, valueWord } from './words'

const HAPPENED: Readonly<Record<CaseHistory['kind'], MessageDescriptor>> = {
  opened: msg`Dibuat`,
  changed: msg`Diubah`,
  commented: msg`Komentar ditulis`,
  attached: msg`Lampiran ditambah`,
  attachment_removed: msg`Lampiran dihapus`,
  visited: msg`Kunjungan dicatat`,
  fell_due: msg`Hampir jatuh tempo`,
  became_overdue: msg`Lewat tenggat`,
}

/** Everything that happened to a case, the newest first; nobody changes it. */
export function History({ id }: { id: string }) {
  const list = useInfiniteQuery(historyQuery(id))
  const items = (list.data?.pages ?? []).flatMap(page => page.items)
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Riwayat</Trans>
      </h3>
      {list.isPending ? (
        <Skeleton lines={3} />
      ) : list.data === undefined ? (
        <Failed
          what={<Trans>Riwayat belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : (
        <ol className="flex flex-col gap-2 border-l-2 border-line pl-3">
          {items.map(entry => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {list.hasNextPage && (
        <Button look="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          <Trans>Muat yang lebih lama</Trans>
        </Button>
      )}
    </section>
  )
}

function Entry({ entry }: { entry: CaseHistory }) {
  const { i18n: words } = useLingui()
  const nameOf = useNames()
  const changed = entry.kind === 'opened' ? [] : FIELDS.filter(field => field in entry.changes)
  return (
    <li className="text-sm">
      <p>
        <span className="font-medium">{words._(HAPPENED[entry.kind])}</span>
        <span className="text-xs text-muted">
          {' '}
          · {entry.changed_by ? nameOf(entry.changed_by) : <Trans>Sistem</Trans>} · {moment(entry.changed_at)}
        </span>
      </p>
      {changed.map(field => {
        const { before, after } = entry.changes[field] ?? { before: null, after: null }
        return (
          <p key={field} className="break-words text-muted">
            {i18n._(FIELD_WORDS[field])}: {valueWord(field, before, nameOf)} →{' '}
            {valueWord(field, after, nameOf)}
          </p>
        )
      })}
    </li>
  )
}
