import { Trans, useLingui } from '@lingui/react/macro'
import { useEffect, useRef, useState } from 'react'
import { Controller, useForm } from 'react-hook-form'
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

export function RecordOne({ catalogue }: { catalogue: Catalogue }) {
  const { t, i18n } = useLingui()
  const { queue } = useFuelQueue()
  const volumeInput = useRef<HTMLInputElement | null>(null)
  const locations = locationChoices(catalogue)
  const products = fuelChoices(catalogue)
  const [start] = useState(() => ({ ...draftFor(locations, products), ...keptDraft() }))
  const { register, control, handleSubmit, reset, resetField, watch, getValues, formState } = useForm<Draft>({
    defaultValues: start,
  })
  const { errors, isSubmitting } = formState
  const zone = catalogue.locationOf.get(watch('location_id'))?.timezone

  useEffect(() => {
    const { unsubscribe } = watch(values => localStorage.setItem(DRAFT, JSON.stringify(values)))
    return unsubscribe
  }, [watch])

  const submit = handleSubmit(async ({ date, location_id, product_id, volume }) => {
    const volume_l = parseDecimal(volume, i18n.locale)
    if (volume_l === null) return
    // On disk first: from here on it is recorded, whatever happens to the connection.
    await queue.add({ date, location_id, product_id, volume_l })
    void queue.flush()
    resetField('volume', { defaultValue: '' })
    volumeInput.current?.focus()
  })
  const mend = (body: NewFact) => {
    reset({
      date: body.date,
      location_id: body.location_id,
      product_id: body.product_id,
      volume: number(String(body.volume_l), 6),
    })
    volumeInput.current?.focus()
  }
  const volume = register('volume', {
    validate: typed => {
      const problem = volumeProblem(parseDecimal(typed, i18n.locale))
      const largest = number(LARGEST_VOLUME_L)
      if (problem === 'missing')
        return typed.trim() ? t`Tulis volume sebagai angka, misalnya 520.` : t`Isi volume.`
      if (problem === 'digits') return t`Paling banyak 6 angka di belakang koma.`
      if (problem === 'range') return t`Volume harus lebih dari 0 dan paling banyak ${largest} L.`
      return true
    },
  })

  return (
    <div className="flex flex-col gap-4">
      <Card>
        <form noValidate onSubmit={event => void submit(event)} className="grid gap-4 pt-2 sm:grid-cols-2">
          <TextField
            label={t`Tanggal`}
            type="date"
            max={today(zone)}
            error={errors.date?.message}
            {...register('date', {
              required: t`Isi tanggal.`,
              validate: day =>
                day <= today(catalogue.locationOf.get(getValues('location_id'))?.timezone) ||
                t`Tanggal belum tiba di lokasi ini.`,
            })}
          />
          <Controller
            control={control}
            name="location_id"
            rules={{ required: t`Pilih lokasi.` }}
            render={({ field, fieldState }) => (
              <Combobox
                label={t({ message: 'Lokasi', context: 'satu' })}
                choices={locations}
                value={field.value || null}
                onChange={value => field.onChange(value ?? '')}
                error={fieldState.error?.message}
              />
            )}
          />
          <Controller
            control={control}
            name="product_id"
            rules={{ required: t`Pilih produk BBM.` }}
            render={({ field, fieldState }) => (
              <Combobox
                label={t`Produk BBM`}
                choices={products}
                value={field.value || null}
                onChange={value => field.onChange(value ?? '')}
                error={fieldState.error?.message}
              />
            )}
          />
          <NumberField
            label={t`Volume`}
            unit="L"
            error={errors.volume?.message}
            {...volume}
            ref={element => {
              volume.ref(element)
              volumeInput.current = element
            }}
          />
          <div className="sm:col-span-2">
            <Button type="submit" look="primary" busy={isSubmitting} className="w-full sm:w-auto sm:px-6">
              <Trans>Catat</Trans>
            </Button>
          </div>
        </form>
      </Card>
      <Results catalogue={catalogue} onMend={mend} />
    </div>
  )
}

/** The one there is needs no choosing. */
function only(choices: readonly { value: string }[]): string {
  return choices.length === 1 ? (choices[0]?.value ?? '') : ''
}

function draftFor(locations: readonly { value: string }[], products: readonly { value: string }[]): Draft {
  return { date: today(), location_id: only(locations), product_id: only(products), volume: '' }
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
