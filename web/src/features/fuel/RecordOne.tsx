/**
 * The form people fill in most, on the oldest phones: four fields and their own state, because a form library is
 * a quarter of what this page may weigh.
 */
import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState, type SubmitEvent } from 'react'
import type { NewFact } from '@/api'
import { fuelChoices, locationChoices, type Catalogue } from '@/app/catalogue'
import { useFuelQueue } from '@/app/unsent'
import { number, today } from '@/lib/format'
import { LARGEST_VOLUME_L, parseDecimal, volumeProblem } from '@/lib/quantity'
import { Button } from '@/ui/Button'
import { Combobox } from '@/ui/Combobox'
import { TextField } from '@/ui/Field'
import { NumberField } from '@/ui/NumberField'
import { Card } from '@/ui/Page'
import { Results } from './Results'

const DRAFT = 'arus.kept.draft.fuel'

interface Draft {
  date: string
  location_id: string
  product_id: string
  volume: string
}

type Problems = Partial<Record<keyof Draft, string>>

export function RecordOne({ catalogue }: { catalogue: Catalogue }) {
  const { t } = useLingui()
  const { queue } = useFuelQueue()
  const check = useCheck(catalogue)
  const form = useRef<HTMLFormElement>(null)
  const volumeInput = useRef<HTMLInputElement>(null)
  const locations = locationChoices(catalogue)
  const products = fuelChoices(catalogue)
  const [draft, setDraft] = useState<Draft>(() => ({
    date: today(),
    location_id: only(locations),
    product_id: only(products),
    volume: '',
    ...keptDraft(),
  }))
  const [problems, setProblems] = useState<Problems>({})
  useEffect(() => localStorage.setItem(DRAFT, JSON.stringify(draft)), [draft])

  const put = (change: Partial<Draft>) => {
    setDraft(known => ({ ...known, ...change }))
    setProblems(known =>
      Object.fromEntries(Object.entries(known).filter(([field]) => !Object.hasOwn(change, field))),
    )
  }
  const record = async () => {
    const { problems: found, fact } = check(draft)
    setProblems(found)
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
      throw error
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
            max={today(catalogue.locationOf.get(draft.location_id)?.timezone)}
            value={draft.date}
            onChange={event => put({ date: event.target.value })}
            error={problems.date}
          />
          <Combobox
            label={t({ message: 'Lokasi', context: 'satu' })}
            choices={locations}
            value={draft.location_id || null}
            onChange={value => put({ location_id: value ?? '' })}
            error={problems.location_id}
          />
          <Combobox
            label={t`Produk BBM`}
            choices={products}
            value={draft.product_id || null}
            onChange={value => put({ product_id: value ?? '' })}
            error={problems.product_id}
          />
          <NumberField
            label={t`Volume`}
            unit="L"
            ref={volumeInput}
            value={draft.volume}
            onChange={event => put({ volume: event.target.value })}
            error={problems.volume}
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

/** What is wrong with a draft, in words; or the fact it is. */
function useCheck(catalogue: Catalogue) {
  const { t, i18n } = useLingui()
  return ({ date, location_id, product_id, volume }: Draft): { problems: Problems; fact: NewFact | null } => {
    const problems: Problems = {}
    if (!date) problems.date = t`Isi tanggal.`
    else if (date > today(catalogue.locationOf.get(location_id)?.timezone)) {
      problems.date = t`Tanggal belum tiba di lokasi ini.`
    }
    if (!location_id) problems.location_id = t`Pilih lokasi.`
    if (!product_id) problems.product_id = t`Pilih produk BBM.`
    const volume_l = parseDecimal(volume, i18n.locale)
    const wrong = volumeProblem(volume_l)
    const largest = number(LARGEST_VOLUME_L)
    if (volume.trim() === '') problems.volume = t`Isi volume.`
    else if (wrong === 'missing') problems.volume = t`Tulis volume sebagai angka, misalnya 520.`
    else if (wrong === 'digits') problems.volume = t`Paling banyak 6 angka di belakang koma.`
    else if (wrong === 'range') problems.volume = t`Volume harus lebih dari 0 dan paling banyak ${largest} L.`
    const sound = volume_l !== null && Object.keys(problems).length === 0
    return { problems, fact: sound ? { date, location_id, product_id, volume_l } : null }
  }
}

/** The one there is needs no choosing. */
function only(choices: readonly { value: string }[]): string {
  return choices.length === 1 ? (choices[0]?.value ?? '') : ''
}

/** What was typed and not sent yet. The date is not kept: yesterday's would be sent today by mistake. */
function keptDraft(): Partial<Draft> {
  try {
    const { location_id, product_id, volume } = JSON.parse(
      localStorage.getItem(DRAFT) ?? '{}',
    ) as Partial<Draft>
    return {
      ...(location_id && { location_id }),
      ...(product_id && { product_id }),
      ...(volume && { volume }),
    }
  } catch {
    return {}
  }
}
