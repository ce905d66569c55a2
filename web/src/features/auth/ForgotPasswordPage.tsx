import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { requestReset } from '@/api'
import { zAddressIn } from '@/api/zod.gen'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { AuthFrame, LINK } from './AuthFrame'

export function ForgotPasswordPage() {
  const { t } = useLingui()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const form = useForm({
    defaults: { email: '' },
    schema: zAddressIn,
    bodyOf: values => ({ email: values.email.trim() }),
    missing: { email: t`Isi surel Anda.` },
    send: body => requestReset({ body }),
    done: ({ email }) => setSentTo(email.trim()),
  })

  return (
    <AuthFrame
      title={t`Atur ulang kata sandi`}
      footer={
        <Link to="/login" className={LINK}>
          <Trans>Kembali ke halaman masuk</Trans>
        </Link>
      }
    >
      {sentTo ? (
        <p role="status" className="text-sm">
          <Trans>
            Bila {sentTo} terdaftar, tautan untuk memilih kata sandi baru sudah dikirim ke sana. Tautan
            berlaku 1 jam.
          </Trans>
        </p>
      ) : (
        <Form form={form}>
          <TextField
            label={t`Surel`}
            type="email"
            autoComplete="username"
            error={form.errorOf('email')}
            {...form.register('email')}
          />
          <Button type="submit" look="primary" busy={form.isBusy}>
            <Trans>Kirim tautan</Trans>
          </Button>
        </Form>
      )}
    </AuthFrame>
  )
}
