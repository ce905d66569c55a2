import { Plural, Trans } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { undoImport, type ImportDetail, type UndoOut } from '@/api'
import { sentenceOf } from '@/lib/failure'
import { Button } from '@/ui/Button'
import { ScrollBox } from '@/ui/ScrollBox'
import { toast } from '@/ui/Toast'
import { refetchImports, undoQuery } from './queries'

/** How long an undo may show no progress before going on with it is offered. */
const STANDS_MS = 5_000

/** Taking back shows what it touches and what stands in its way first: the second press is the act. */
export function Undoing({ found }: { found: ImportDetail }) {
  const [asked, setAsked] = useState(false)
  const would = useQuery({ ...undoQuery(found.id), enabled: asked })
  const undo = useUndo(found, () => setAsked(false))
  if (!asked || (!would.data && !would.isError))
    return (
      <Button
        look="danger"
        busy={asked}
        icon={<Undo2 aria-hidden className="size-4" />}
        onClick={() => setAsked(true)}
      >
        <Trans>Batalkan impor</Trans>
      </Button>
    )
  const possible = would.data?.possible
  return (
    <div className="flex w-full flex-col gap-2">
      {would.data ? (
        <Foreseen would={would.data} />
      ) : (
        <p role="alert" className="text-sm">
          {sentenceOf(would.error)}
        </p>
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={() => setAsked(false)}>
          <Trans>Tidak jadi</Trans>
        </Button>
        {possible !== true && (
          <Button busy={would.isFetching} onClick={() => void would.refetch()}>
            <Trans>Periksa lagi</Trans>
          </Button>
        )}
        {(possible === true || possible === null) && (
          <Button look="danger" busy={undo.isPending} onClick={() => undo.mutate()}>
            <Trans>Ya, batalkan</Trans>
          </Button>
        )}
      </div>
    </div>
  )
}

/** An undo that was given up goes on when it is asked for again; offered once nothing has moved for a while. */
export function GoingOn({ found }: { found: ImportDetail }) {
  const [stoodAt, setStoodAt] = useState<number>()
  const undo = useUndo(found, () => setStoodAt(undefined))
  // Again after each request: one that moved nothing is offered once more.
  useEffect(() => {
    if (stoodAt === found.progress) return undefined
    const timer = setTimeout(() => setStoodAt(found.progress), STANDS_MS)
    return () => clearTimeout(timer)
  }, [found.progress, stoodAt])
  if (stoodAt !== found.progress) return null
  return (
    <div className="flex w-full flex-wrap items-center justify-end gap-2">
      <p role="status" className="min-w-48 flex-1 text-sm">
        <Trans>Pembatalan tidak bergerak. Lanjutkan saja: yang sudah kembali tidak diulang.</Trans>
      </p>
      <Button busy={undo.isPending} onClick={() => undo.mutate()}>
        <Trans>Lanjutkan pembatalan</Trans>
      </Button>
    </div>
  )
}

function useUndo(found: ImportDetail, onSettled: () => void) {
  return useMutation({
    mutationFn: () => undoImport({ path: { import_id: found.id } }),
    onSettled: () => {
      onSettled()
      refetchImports()
    },
    onError: error => toast({ text: sentenceOf(error) }),
  })
}

/** What would go back, and what has to go first. */
function Foreseen({ would }: { would: UndoOut }) {
  const { counts, possible, dependants, dependants_in_all } = would
  const touched = counts.created + counts.updated
  const back = <Plural value={touched} other="# baris akan kembali seperti sebelum impor ini." />
  if (possible)
    return (
      <p role="status" className="text-sm">
        {back}
      </p>
    )
  if (possible === null)
    return (
      <div role="alert" className="text-sm">
        <p className="font-semibold">
          <Trans>Belum diketahui apa yang bergantung padanya: buku pelanggan belum dapat ditanya.</Trans>
        </p>
        <p>{back}</p>
        <p>
          <Trans>Bila ternyata ada, pembatalan ditolak dan daftarnya tampil di sini.</Trans>
        </p>
      </div>
    )
  const more = dependants_in_all - dependants.length
  return (
    <div role="alert" className="text-sm">
      <p className="font-semibold">
        <Plural value={dependants_in_all} other="Belum bisa: # hal bergantung padanya." />
      </p>
      <ScrollBox className="mt-1 max-h-40 p-2">
        <ul className="list-disc pl-5">
          {dependants.map(one => (
            <li key={`${one.kind}.${one.id}`}>{one.message}</li>
          ))}
          {more > 0 && (
            <li>
              <Plural value={more} other="dan # lagi" />
            </li>
          )}
        </ul>
      </ScrollBox>
    </div>
  )
}
