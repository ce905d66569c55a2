import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { Download, Paperclip, Trash2 } from 'lucide-react'
import { useRef } from 'react'
import { attachToCase, removeCaseAttachment, type CaseDetail } from '@/api'
import { refetchCases } from '@/app/cases'
import { useMay } from '@/app/session'
import { useUndoable } from '@/app/useUndoable'
import { sentenceOf } from '@/lib/failure'
import { moment, number } from '@/lib/format'
import { Button, IconButton } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { useNames } from './names'
import { saveAttachment } from './queries'

const KINDS = '.jpg,.jpeg,.png,.webp,.heic,.heif,.pdf,.xlsx,.docx,.csv,.txt'
const KB = 1_000

/** Photos and papers of a case. */
export function Files({ one }: { one: CaseDetail }) {
  const { t } = useLingui()
  const nameOf = useNames()
  const mayAdd = useMay('cases', 'c')
  const mayRemove = useMay('cases', 'd')
  const input = useRef<HTMLInputElement>(null)
  const add = useMutation({
    mutationFn: async (files: readonly File[]) => {
      for (const file of files) {
        try {
          const { data } = await attachToCase({ path: { case_id: one.id }, body: { file } })
          const same = one.files.find(known => known.id === data.id && known.removed_at === null)
          const { name } = file
          if (same) toast({ text: t`${name} sudah terlampir sebagai ${same.name}.` })
        } catch (error) {
          // One that is refused keeps none of the others back.
          toast({ text: sentenceOf(error) })
        }
      }
    },
    onSettled: refetchCases,
  })
  const { hidden, later } = useUndoable()
  const remove = ({ id, name }: CaseDetail['files'][number]) =>
    later([id], t`${name} dihapus.`, async () => {
      try {
        await removeCaseAttachment({ path: { case_id: one.id, attachment_id: id } })
      } catch (error) {
        toast({ text: sentenceOf(error) })
      }
      await refetchCases()
    })
  const take = useMutation({
    mutationFn: (file: CaseDetail['files'][number]) => saveAttachment(one.id, file),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  const kept = one.files.filter(file => file.removed_at === null && !hidden.has(file.id))
  return (
    <section className="flex flex-col gap-2">
      <h3 className="text-sm font-semibold">
        <Trans>Lampiran</Trans>
      </h3>
      {kept.length > 0 && (
        <ul className="divide-y divide-line rounded-lg border border-line text-sm">
          {kept.map(file => {
            const { name } = file
            return (
              <li key={file.id} className="flex items-center gap-2 px-3 py-1.5">
                <span className="min-w-0 flex-1">
                  <span className="block break-all">{name}</span>
                  <span className="block text-xs text-muted">
                    {number(file.size_bytes / KB, 0)} KB · {nameOf(file.added_by)} · {moment(file.added_at)}
                  </span>
                </span>
                <IconButton label={t`Unduh ${name}`} onClick={() => take.mutate(file)}>
                  <Download aria-hidden />
                </IconButton>
                {mayRemove && (
                  <IconButton label={t`Hapus ${name}`} onClick={() => remove(file)}>
                    <Trash2 aria-hidden />
                  </IconButton>
                )}
              </li>
            )
          })}
        </ul>
      )}
      {mayAdd && (
        <>
          <input
            ref={input}
            type="file"
            multiple
            accept={KINDS}
            aria-label={t`Lampiran baru`}
            className="sr-only"
            tabIndex={-1}
            onChange={event => {
              add.mutate([...(event.target.files ?? [])])
              event.target.value = ''
            }}
          />
          <Button
            className="self-start"
            busy={add.isPending}
            icon={<Paperclip aria-hidden className="size-4" />}
            onClick={() => input.current?.click()}
          >
            <Trans>Lampirkan foto atau berkas</Trans>
          </Button>
        </>
      )}
      {kept.length === 0 && !mayAdd && (
        <p className="text-sm text-muted">
          <Trans>Belum ada lampiran.</Trans>
        </p>
      )}
    </section>
  )
}
