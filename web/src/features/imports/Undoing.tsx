import { Plural, Trans } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useState } from 'react'
import { undoImport, type ImportDetail } from '@/api'
import { sentenceOf } from '@/lib/failure'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { refetchImports, undoQuery } from './queries'

/** Taking back shows what it touches first: the second press is the act. */
export function Undoing({ found }: { found: ImportDetail }) {
  const [asked, setAsked] = useState(false)
  const would = useQuery({ ...undoQuery(found.id), enabled: asked })
  const undo = useMutation({
    mutationFn: () => undoImport({ path: { import_id: found.id } }),
    onSettled: () => {
      setAsked(false)
      refetchImports()
    },
    onError: error => toast({ text: sentenceOf(error) }),
  })
  if (!asked || !would.data)
    return (
      <Button
        look="danger"
        busy={asked && would.isPending}
        icon={<Undo2 aria-hidden className="size-4" />}
        onClick={() => setAsked(true)}
      >
        <Trans>Batalkan impor</Trans>
      </Button>
    )
  const { counts, possible, dependants, dependants_in_all } = would.data
  const touched = counts.created + counts.updated
  return (
    <div className="flex w-full flex-col gap-2">
      {possible ? (
        <p role="status" className="text-sm">
          <Plural value={touched} other="# baris akan kembali seperti sebelum impor ini." />
        </p>
      ) : (
        <div role="alert" className="text-sm">
          <p className="font-semibold">
            <Plural value={dependants_in_all} other="Belum bisa: # hal bergantung padanya." />
          </p>
          <ul className="list-disc pl-5">
            {dependants.map(one => (
              <li key={`${one.kind}.${one.id}`}>{one.message}</li>
            ))}
          </ul>
        </div>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={() => setAsked(false)}>
          <Trans>Tidak jadi</Trans>
        </Button>
        {possible && (
          <Button look="danger" busy={undo.isPending} onClick={() => undo.mutate()}>
            <Trans>Ya, batalkan</Trans>
          </Button>
        )}
      </div>
    </div>
  )
}
