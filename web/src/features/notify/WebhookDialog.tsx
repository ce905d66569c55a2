import { Trans, useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { Controller } from 'react-hook-form'
import { changeWebhook, createWebhook, type WebhookRecord } from '@/api'
import { zNewWebhook } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { ScopeField } from '@/app/ScopeField'
import { useDraftName } from '@/app/session'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Secret } from '@/ui/Secret'
import { Select } from '@/ui/Select'
import { toast } from '@/ui/Toast'
import { LEVELS } from './words'

/** A webhook that is written or changed, or a secret that is shown once; replaces: it takes the place of another. */
export type Editing = 'new' | WebhookRecord | { secret: string; replaces: boolean } | null

interface WebhookDialogProps {
  editing: Editing
  onEditing: (next: Editing) => void
}

export function WebhookDialog({ editing, onEditing }: WebhookDialogProps) {
  const { t } = useLingui()
  const formId = useId()
  const close = () => onEditing(null)
  const secret = editing !== null && typeof editing === 'object' && 'secret' in editing
  const title = secret ? t`Salin kunci sekarang` : editing === 'new' ? t`Webhook baru` : t`Ubah webhook`
  return (
    <Dialog
      open={editing !== null}
      onClose={close}
      title={title}
      footer={
        secret ? (
          <Button look="primary" onClick={close}>
            <Trans>Sudah saya simpan</Trans>
          </Button>
        ) : (
          <Button type="submit" form={formId} look="primary">
            <Trans>Simpan</Trans>
          </Button>
        )
      }
    >
      {secret ? (
        <Secret secret={editing.secret}>
          <Trans>
            Dengan kunci ini penerima memeriksa tanda tangan setiap pesan. Kunci hanya tampil sekali.
          </Trans>
          {editing.replaces && (
            <>
              {' '}
              <Trans>Kunci sebelumnya masih berlaku 24 jam.</Trans>
            </>
          )}
        </Secret>
      ) : (
        editing !== null && (
          <WebhookForm
            formId={formId}
            hook={editing === 'new' ? undefined : editing}
            onSecret={made => onEditing({ secret: made, replaces: false })}
            onDone={close}
          />
        )
      )}
    </Dialog>
  )
}

interface WebhookFormProps {
  formId: string
  hook: WebhookRecord | undefined
  onSecret: (secret: string) => void
  onDone: () => void
}

function WebhookForm({ formId, hook, onSecret, onDone }: WebhookFormProps) {
  const { t, i18n } = useLingui()
  const form = useForm({
    defaults: {
      name: hook?.name ?? '',
      url: hook?.url ?? '',
      least: hook?.least ?? ('warning' as const),
      location_ids: hook?.location_ids ?? null,
    },
    schema: zNewWebhook,
    missing: {
      name: t`Isi nama webhook.`,
      url: t`Isi alamatnya.`,
      location_ids: t`Pilih paling sedikit satu lokasi.`,
    },
    draft: useDraftName(`webhook.${hook?.id ?? 'new'}`),
    send: async body => {
      if (!hook) {
        onSecret((await createWebhook({ body })).data.secret ?? '')
        return
      }
      await changeWebhook({
        path: { webhook_id: hook.id },
        body,
        headers: { 'If-Match': `"${hook.version}"` },
      })
      onDone()
    },
    done: ({ name }) => {
      refetch('listWebhooks')
      toast({ text: t`${name} tersimpan.` })
    },
  })
  const { register, control, errorOf } = form
  const choices = (['info', 'warning', 'critical'] as const).map(value => ({
    value,
    label: i18n._(LEVELS[value]),
  }))
  return (
    <Form id={formId} form={form}>
      <TextField label={t`Nama`} autoComplete="off" error={errorOf('name')} {...register('name')} />
      <TextField
        label={t`Alamat`}
        hint={t`https, di internet publik.`}
        type="url"
        autoComplete="off"
        error={errorOf('url')}
        {...register('url')}
      />
      <Controller
        control={control}
        name="least"
        render={({ field }) => (
          <Select
            label={t`Yang dikirim`}
            choices={choices}
            value={field.value}
            onChange={field.onChange}
            error={errorOf('least')}
          />
        )}
      />
      <Controller
        control={control}
        name="location_ids"
        render={({ field }) => (
          <ScopeField
            legend={<Trans>Tentang insiden dan kasus di</Trans>}
            ids={field.value}
            onChange={field.onChange}
            error={errorOf('location_ids')}
          />
        )}
      />
    </Form>
  )
}
