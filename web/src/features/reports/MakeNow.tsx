import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { FileText } from 'lucide-react'
import { useState } from 'react'
import { makeReport } from '@/api'
import { locationChoices, useCatalogue } from '@/app/catalogue'
import { refetch } from '@/app/client'
import { sentenceOf } from '@/lib/failure'
import { today } from '@/lib/format'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import { nameOf, starts, type Period } from './periods'

/** Have a report made now. */
export default function MakeNow() {
  const { t, i18n } = useLingui()
  const catalogue = useCatalogue()
  const [period, setPeriod] = useState<Period>('month')
  const [start, setStart] = useState<string | null>(null)
  const [location, setLocation] = useState<string | null>(null)
  const [format, setFormat] = useState<'pdf' | 'xlsx'>('pdf')
  const choices = starts(period, today())
  const chosen = start ?? choices[1] ?? today()
  const make = useMutation({
    mutationFn: () =>
      makeReport({
        body: {
          kind: 'fuel',
          period,
          start: chosen,
          location_id: location,
          format,
          language: i18n.locale === 'en' ? 'en' : 'id',
        },
      }),
    onSuccess: () => refetch('listReports'),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  return (
    <form
      className="grid items-end gap-3 sm:grid-cols-2 lg:flex lg:flex-wrap"
      onSubmit={event => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Select
        label={t`Laporan`}
        choices={[
          { value: 'month', label: t`Bulanan` },
          { value: 'week', label: t`Mingguan` },
        ]}
        value={period}
        onChange={next => {
          setPeriod(next)
          setStart(null)
        }}
      />
      <Select
        label={t`Periode`}
        choices={choices.map(one => ({ value: one, label: nameOf(period, one) }))}
        value={chosen}
        onChange={setStart}
      />
      <Combobox
        label={t({ message: 'Lokasi', context: 'satu' })}
        placeholder={t`Semua lokasi`}
        choices={locationChoices(catalogue, false)}
        value={location}
        onChange={setLocation}
      />
      <Select
        label={t`Berkas`}
        choices={[
          { value: 'pdf', label: 'PDF' },
          { value: 'xlsx', label: 'Excel (XLSX)' },
        ]}
        value={format}
        onChange={setFormat}
      />
      <Button
        type="submit"
        look="primary"
        busy={make.isPending}
        icon={<FileText aria-hidden className="size-4" />}
      >
        <Trans>Buat laporan</Trans>
      </Button>
    </form>
  )
}
