/** A month arrives as several files: those that only add rows are saved with one press. */
import { Plural, Trans } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { commitImport, type ImportRecord } from '@/api'
import { sentenceOf } from '@/lib/failure'
import { number } from '@/lib/format'
import { Button } from '@/ui/Button'
import { toast } from '@/ui/Toast'
import { refetchImports } from './queries'

export function SaveReady({ files }: { files: readonly ImportRecord[] }) {
  const [done, setDone] = useState(0)
  const saving = useMutation({
    mutationFn: async (chosen: readonly ImportRecord[]) => {
      setDone(0)
      for (const { id, preview, file_name } of chosen) {
        try {
          await commitImport({ path: { import_id: id }, body: { preview: preview ?? '' } })
        } catch (error) {
          toast({ text: `${file_name}: ${sentenceOf(error)}` })
        }
        setDone(known => known + 1)
      }
    },
    onSettled: refetchImports,
  })
  const count = saving.isPending ? saving.variables.length : files.length
  if (count < 2 && !saving.isPending) return null
  const rows = files.reduce((sum, { counts }) => sum + counts.created, 0)
  return (
    <div
      role="status"
      className="flex flex-wrap items-center justify-between gap-3 rounded-lg border border-line bg-sunken px-4 py-3 text-sm"
    >
      {saving.isPending ? (
        <span className="tabular-nums">
          <Trans>
            {number(done)} dari {number(count)} berkas dikirim untuk disimpan.
          </Trans>
        </span>
      ) : (
        <span>
          <Trans>
            {number(count)} berkas Anda siap: {number(rows)} baris baru, tidak ada yang berubah atau ditolak.
          </Trans>
        </span>
      )}
      <Button look="primary" busy={saving.isPending} onClick={() => saving.mutate(files)}>
        <Plural value={count} other="Simpan # berkas" />
      </Button>
    </div>
  )
}
