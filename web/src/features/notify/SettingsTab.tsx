import { Trans, useLingui } from '@lingui/react/macro'
import { useQuery } from '@tanstack/react-query'
import { Controller } from 'react-hook-form'
import { changeNotificationPreferences, type NotificationPreferences } from '@/api'
import { zNotificationPreferencesPatch } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { useSession } from '@/app/session'
import { useForm } from '@/app/useForm'
import { zoneName } from '@/lib/format'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Card } from '@/ui/Page'
import { Select } from '@/ui/Select'
import { Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { preferencesQuery } from './queries'
import { bodyOf, isBudget, settingsOf } from './settings'
import { LEVELS, type Level } from './words'

const ZONES = ['Asia/Jakarta', 'Asia/Makassar', 'Asia/Jayapura']

export default function SettingsTab() {
  const stored = useQuery(preferencesQuery)
  if (stored.isPending) return <Skeleton lines={8} />
  if (!stored.data) {
    return (
      <Failed
        what={<Trans>Pengaturan belum bisa dimuat.</Trans>}
        error={stored.error}
        onRetry={() => void stored.refetch()}
      />
    )
  }
  const { prefs, seen } = stored.data
  return <SettingsForm key={seen} prefs={prefs} seen={seen} />
}

function SettingsForm({ prefs, seen }: { prefs: NotificationPreferences; seen: string }) {
  const { t, i18n } = useLingui()
  const form = useForm({
    defaults: settingsOf(prefs),
    schema: zNotificationPreferencesPatch,
    bodyOf,
    also: ({ quiet_from, quiet_to, alarms_per_day, whatsapp, whatsapp_number }) => ({
      quiet_from: quiet_from === '' && quiet_to !== '' && t`Isi jam mulainya, atau kosongkan keduanya.`,
      quiet_to:
        (quiet_to === '' && quiet_from !== '' && t`Isi jam selesainya, atau kosongkan keduanya.`) ||
        (quiet_to !== '' && quiet_to === quiet_from && t`Jam mulai dan selesai harus berbeda.`),
      alarms_per_day: !isBudget(alarms_per_day) && t`Tulis angka dari 1 sampai 200.`,
      whatsapp_number:
        whatsapp !== 'off' &&
        whatsapp_number.trim() === '' &&
        t`Isi nomor WhatsApp lebih dulu, misalnya +6281234567890.`,
    }),
    send: body => changeNotificationPreferences({ body, headers: { 'If-Match': seen } }),
    done: () => {
      refetch('getNotificationPreferences')
      toast({ text: t`Pengaturan tersimpan.` })
    },
  })
  const { register, control, errorOf, watch } = form
  const { user } = useSession()
  const levels = (Object.keys(LEVELS) as Level[]).map(value => ({ value, label: i18n._(LEVELS[value]) }))
  const home = zoneName(prefs.organisation_timezone)
  const zones = [...new Set([...ZONES, ...(prefs.timezone ? [prefs.timezone] : [])])]
  const level = (name: 'in_app' | 'email' | 'whatsapp', label: string, disabled = false) => (
    <Controller
      control={control}
      name={name}
      render={({ field }) => (
        <Select
          label={label}
          choices={levels}
          value={field.value}
          onChange={field.onChange}
          error={errorOf(name)}
          disabled={disabled}
        />
      )}
    />
  )
  return (
    <Form form={form}>
      <div className="grid gap-4 lg:grid-cols-2">
        <Card title={<Trans>Lewat mana</Trans>}>
          <div className="flex flex-col gap-4">
            {level('in_app', t`Di Arus`)}
            {level('email', t`Surel`)}
            {!user.email_verified && (
              <p className="text-sm text-muted">
                <Trans>
                  Surel Anda belum diverifikasi, jadi belum dikirimi apa pun. Tautannya ada di kotak masuk
                  Anda.
                </Trans>
              </p>
            )}
            {level('whatsapp', t`WhatsApp`, !prefs.whatsapp_available)}
            {prefs.whatsapp_available ? (
              <TextField
                label={t`Nomor WhatsApp`}
                hint={t`Disimpan tersandi.`}
                type="tel"
                autoComplete="tel"
                error={errorOf('whatsapp_number')}
                {...register('whatsapp_number')}
              />
            ) : (
              <p className="text-sm text-muted">
                <Trans>WhatsApp belum diatur di instalasi ini. Minta pengelola sistem mengaturnya.</Trans>
              </p>
            )}
          </div>
        </Card>
        <Card title={<Trans>Kapan</Trans>}>
          <div className="flex flex-col gap-4">
            <div className="grid grid-cols-2 gap-3">
              <TextField
                label={t`Jam tenang mulai`}
                type="time"
                error={errorOf('quiet_from')}
                {...register('quiet_from')}
              />
              <TextField
                label={t`Jam tenang selesai`}
                type="time"
                error={errorOf('quiet_to')}
                {...register('quiet_to')}
              />
            </div>
            <label className="flex min-h-9 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
              <input type="checkbox" className="size-4 accent-brand" {...register('critical_passes')} />
              <Trans>Yang kritis tetap dikirim pada jam tenang</Trans>
            </label>
            <TextField
              label={t`Ringkasan harian lewat surel`}
              hint={t`Berisi semua yang tidak langsung dikirim. Kosongkan bila tidak perlu.`}
              type="time"
              error={errorOf('digest_at')}
              {...register('digest_at')}
            />
            <TextField
              label={t`Alarm paling banyak per hari`}
              hint={t`Selebihnya menunggu ringkasan, dan ringkasannya menyebutkan itu.`}
              inputMode="numeric"
              error={errorOf('alarms_per_day')}
              {...register('alarms_per_day')}
            />
            <Controller
              control={control}
              name="timezone"
              render={({ field }) => (
                <Select
                  label={t`Zona waktu`}
                  choices={[
                    { value: '', label: t`Seperti organisasi (${home})` },
                    ...zones.map(zone => ({ value: zone, label: zoneName(zone) })),
                  ]}
                  value={field.value}
                  onChange={field.onChange}
                  error={errorOf('timezone')}
                />
              )}
            />
          </div>
        </Card>
      </div>
      {watch('email') === 'off' && watch('digest_at') !== '' && (
        <p className="text-sm text-muted">
          <Trans>Surel dimatikan, jadi ringkasan harian tidak dikirim.</Trans>
        </p>
      )}
      <Button type="submit" look="primary" busy={form.isBusy} className="self-start">
        <Trans>Simpan</Trans>
      </Button>
    </Form>
  )
}
