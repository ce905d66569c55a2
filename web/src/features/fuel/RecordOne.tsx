/**
 * The form people fill in most, on the oldest phones: four fields with their own state and rules, because the form
 * library and the schema of the others are two fifths of what this page may weigh.
 */
import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import type { NewFact } from '@/api'
import { fuelChoices, locationChoices, type Catalogue } from '@/app/catalogue'
import { useDraftName } from '@/app/session'
import { useFuelQueue } from '@/app/unsent'
import { sentenceOf } from '@/lib/failure'
import { number, today } from '@/lib/format'
import { keepDraft, keptDraft } from '@/lib/kept'
import { parseDecimal } from '@/lib/quantity'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { TextField } from '@/ui/Field'
import { NumberField } from '@/ui/NumberField'
import { Card } from '@/ui/Page'
import { toast } from '@/ui/Toast'
import { Results } from './Results'
import { useVolumeWords } from './volume'

interface Draft {
  /** Null until somebody chooses: today, whichever day that is by then at the location. */
  date: string | null
  location_id: string
  product_id: string
  volume: string
}

export default function RecordOne({ catalogue }: { catalogue: Catalogue }) {
  const { t } = useLingui()
  const { queue } = useFuelQueue()
  const check = useCheck(catalogue)
  const draftName = useDraftName('fuel')
  const form = useRef<HTMLFormElement>(null)
  const volumeInput = useRef<HTMLInputElement>(null)
  const locations = locationChoices(catalogue)
  const products = fuelChoices(catalogue)
  const [draft, setDraft] = useState<Draft>(() => ({
    date: null,
    location_id: only(locations),
    product_id: only(products),
    volume: '',
    ...typedBefore(draftName),
  }))
  const [faults, setFaults] = useState<ReadonlyMap<string, string>>(new Map())
  useEffect(() => keepDraft(draftName, draft), [draftName, draft])

  const dayThere = today(catalogue.locationOf.get(draft.location_id)?.timezone)
  const put = (change: Partial<Draft>) => {
    setDraft(known => ({ ...known, ...change }))
    setFaults(known => new Map([...known].filter(([field]) => !Object.hasOwn(change, field))))
  }
  const record = async () => {
    const { faults: found, fact } = check(draft)
    setFaults(found)
    if (!fact) {
      // The fields say what is wrong once they are drawn again; the first of them takes the focus.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus())
      return
    }
    // Emptied before the wait: what is typed meanwhile is the next record already.
    put({ volume: '' })
    volumeInput.current?.focus()
    // On disk first: from here on it is kept, whatever happens to the connection.
    try {
      await queue.add(fact)
    } catch (error) {
      setDraft(known => (known.volume ? known : { ...known, volume: draft.volume }))
      toast({ text: sentenceOf(error) })
      return
    }
    void queue.flush()
  }
  const submit = (event: SubmitEvent) => {
    event.preventDefault()
    void record()
  }
  const mend = ({ volume_l, date, location_id, product_id }: NewFact) => {
    put({ date, location_id, product_id, volume: number(String(volume_l), 6) })
    volumeInput.current?.focus()
  }

  return (
    <div className="flex flex-col gap-4">
      <Card>
        <form ref={form} noValidate onSubmit={submit} className="grid gap-4 pt-2 sm:grid-cols-2">
          <TextField
            label={t`Tanggal`}
            type="date"
            max={dayThere}
            value={draft.date ?? dayThere}
            onChange={event => put({ date: event.target.value })}
            error={faults.get('date')}
          />
          <Combobox
            label={t({ message: 'Lokasi', context: 'satu' })}
            choices={locations}
            value={draft.location_id || null}
            onChange={value => put({ location_id: value ?? '' })}
            error={faults.get('location_id')}
          />
          <Combobox
            label={t`Produk BBM`}
            choices={products}
            value={draft.product_id || null}
            onChange={value => put({ product_id: value ?? '' })}
            error={faults.get('product_id')}
          />
          <NumberField
            label={t`Volume`}
            unit="L"
            ref={volumeInput}
            value={draft.volume}
            onChange={event => put({ volume: event.target.value })}
            error={faults.get('volume')}
          />
          <div className="sm:col-span-2">
            <Button type="submit" look="primary" className="w-full sm:w-auto sm:px-6">
              <Trans>Catat</Trans>
            </Button>
          </div>
        </form>
      </Card>
      <Results catalogue={catalogue} onMend={mend} />
    </div>
  )
}

/** What is wrong with a draft, in words by field; or the fact it is. */
function useCheck(catalogue: Catalogue) {
  const { t, i18n } = useLingui()
  const wrongVolume = useVolumeWords()
  return ({
    volume,
    date: chosen,
    ...rest
  }: Draft): { faults: ReadonlyMap<string, string>; fact: NewFact | null } => {
    const faults = new Map<string, string>()
    const dayThere = today(catalogue.locationOf.get(rest.location_id)?.timezone)
    const date = chosen ?? dayThere
    if (!date) faults.set('date', t`Isi tanggal.`)
    else if (date > dayThere) {
      faults.set('date', t`Tanggal belum tiba di lokasi ini.`)
    }
    if (!rest.location_id) faults.set('location_id', t`Pilih lokasi.`)
    if (!rest.product_id) faults.set('product_id', t`Pilih produk BBM.`)
    const wrong = wrongVolume(volume)
    if (wrong) faults.set('volume', wrong)
    const volume_l = parseDecimal(volume, i18n.locale)
    return { faults, fact: faults.size === 0 && volume_l !== null ? { ...rest, date, volume_l } : null }
  }
}

/** The one there is needs no choosing. */
function only(choices: readonly { value: string }[]): string {
  return choices.length === 1 ? (choices[0]?.value ?? '') : ''
}

/** What was typed and not sent yet. The date is not kept: yesterday's would be sent today by mistake. */
function typedBefore(name: string): Partial<Draft> {
  const { location_id, product_id, volume } = keptDraft<Draft>(name) ?? {}
  return { ...(location_id && { location_id }), ...(product_id && { product_id }), ...(volume && { volume }) }
}
