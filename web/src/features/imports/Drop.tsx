/** Where files are dropped, or chosen with the keyboard. */
import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { clsx } from 'clsx'
import { RotateCw, Upload } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { refetch } from '@/app/client'
import { sentenceOf } from '@/lib/failure'
import { Button } from '@/ui/Button'
import { FormError } from '@/ui/FormError'
import { isEmpty, send } from './sending'

const KINDS = '.csv,.txt,.tsv,.xlsx,.xls,.ods'

export function Drop() {
  const { t } = useLingui()
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const [unsent, setUnsent] = useState<readonly File[]>([])
  const sending = useMutation({
    mutationFn: (files: readonly File[]) => {
      setUnsent(files.filter(file => !isEmpty(file)))
      return send(files, some => setUnsent(left => left.filter(file => !some.includes(file))))
    },
    onSettled: () => refetch('listImports'),
  })
  const { mutate } = sending
  const empty = namesOf((sending.variables ?? []).filter(isEmpty))
  const left = namesOf(unsent)
  const reason = sending.isError ? sentenceOf(sending.error) : ''
  const take = (files: FileList | null | undefined) => {
    if (files && files.length > 0) mutate([...files])
  }
  // The whole page takes files: nobody has to aim.
  useEffect(() => {
    const ends = new AbortController()
    const { signal } = ends
    addEventListener(
      'dragover',
      event => {
        event.preventDefault()
        setOver(true)
      },
      { signal },
    )
    addEventListener('dragleave', event => event.relatedTarget === null && setOver(false), { signal })
    addEventListener(
      'drop',
      event => {
        event.preventDefault()
        setOver(false)
        const files = event.dataTransfer?.files
        if (files && files.length > 0) mutate([...files])
      },
      { signal },
    )
    return () => ends.abort()
  }, [mutate])
  return (
    <section
      aria-label={t`Unggah berkas`}
      className={clsx(
        'flex flex-col items-center gap-2 rounded-lg border-2 border-dashed px-4 py-6 text-center',
        over ? 'border-brand bg-hover' : 'border-edge',
      )}
    >
      <Upload aria-hidden className="size-7 text-muted" />
      <p className="text-sm font-semibold">
        <Trans>Tarik berkas ke sini, atau pilih beberapa sekaligus.</Trans>
      </p>
      <p className="text-xs text-muted">
        <Trans>
          CSV, TXT, XLSX, XLS, ODS. Jenis dan periodenya dikenali sendiri; tidak ada yang disimpan sebelum
          Anda melihat pratinjaunya.
        </Trans>
      </p>
      <input
        ref={input}
        type="file"
        multiple
        accept={KINDS}
        aria-label={t`Berkas`}
        className="sr-only"
        tabIndex={-1}
        onChange={event => {
          take(event.target.files)
          event.target.value = ''
        }}
      />
      <Button look="primary" data-new busy={sending.isPending} onClick={() => input.current?.click()}>
        {sending.isPending ? (
          <Plural value={sending.variables.length} other="Mengirim # berkas" />
        ) : (
          <Trans>Pilih berkas</Trans>
        )}
      </Button>
      {empty && <FormError>{t`Kosong, tidak dikirim: ${empty}.`}</FormError>}
      {sending.isError && (
        <>
          <FormError>{left ? t`Belum terkirim: ${left}. ${reason}` : reason}</FormError>
          {unsent.length > 0 && (
            <Button icon={<RotateCw aria-hidden className="size-4" />} onClick={() => mutate(unsent)}>
              <Trans>Coba lagi</Trans>
            </Button>
          )}
        </>
      )}
    </section>
  )
}

function namesOf(files: readonly File[]): string {
  return files.map(file => file.name).join(', ')
}
