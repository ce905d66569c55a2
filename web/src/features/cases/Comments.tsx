import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { commentCase } from '@/api'
import { refetchCases } from '@/app/cases'
import { refetch } from '@/app/client'
import { useMay } from '@/app/session'
import { useDraft } from '@/app/useDraft'
import { sentenceOf } from '@/lib/failure'
import { moment } from '@/lib/format'
import { Button } from '@/ui/Button'
import { TextArea } from '@/ui/Field'
import { Failed, Skeleton } from '@/ui/States'
import { useNames } from './names'
import { commentsQuery } from './queries'

/** What people wrote, the newest first. */
export function Comments({ id }: { id: string }) {
  const list = useInfiniteQuery(commentsQuery(id))
  const mayWrite = useMay('cases', 'c')
  const nameOf = useNames()
  const items = (list.data?.pages ?? []).flatMap(page => page.items)
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Komentar</Trans>
      </h3>
      {mayWrite && <Writing id={id} />}
      {list.isPending ? (
        <Skeleton lines={2} />
      ) : list.data === undefined ? (
        <Failed
          what={<Trans>Komentar belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : (
        items.length > 0 && (
          <ul className="divide-y divide-line rounded-lg border border-line">
            {items.map(one => (
              <li key={one.id} className="px-3 py-2 text-sm">
                <p className="text-xs text-muted">
                  {nameOf(one.written_by)} · {moment(one.written_at)}
                </p>
                <p className="break-words whitespace-pre-line">{one.text}</p>
              </li>
            ))}
          </ul>
        )
      )}
      {list.hasNextPage && (
        <Button look="quiet" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          <Trans>Muat yang lebih lama</Trans>
        </Button>
      )}
    </section>
  )
}

function Writing({ id }: { id: string }) {
  const { t } = useLingui()
  const [draft, keep] = useDraft<{ text: string }>(`comment.${id}`)
  const text = draft?.text ?? ''
  const [error, setError] = useState<string>()
  const box = useRef<HTMLTextAreaElement>(null)
  const send = useMutation({
    mutationFn: () => commentCase({ path: { case_id: id }, body: { text: text.trim() } }),
    onSuccess: () => {
      // The button goes; whoever pressed it writes on.
      if (box.current?.form?.contains(document.activeElement)) box.current.focus()
      keep(null)
      refetch('listCaseComments')
      void refetchCases()
    },
    onError: failure => setError(sentenceOf(failure)),
  })
  return (
    <form
      className="flex flex-col gap-2"
      onSubmit={event => {
        event.preventDefault()
        setError(undefined)
        if (text.trim()) send.mutate()
      }}
    >
      <TextArea
        ref={box}
        label={t`Tulis komentar`}
        rows={2}
        maxLength={4_000}
        value={text}
        error={error}
        onChange={({ target }) => keep(target.value ? { text: target.value } : null)}
      />
      {text.trim() && (
        <Button type="submit" className="self-start" busy={send.isPending}>
          <Trans>Kirim komentar</Trans>
        </Button>
      )}
    </form>
  )
}
