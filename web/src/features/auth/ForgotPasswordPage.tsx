import { Trans, useLingui } from '@lingui/react/macro'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { requestReset } from '@/api'
import { sentenceOf } from '@/lib/form'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { AuthFrame, LINK } from './AuthFrame'

export function ForgotPasswordPage() {
  const { t } = useLingui()
  const [sentTo, setSentTo] = useState<string | null>(null)
  const [failure, setFailure] = useState<string | null>(null)
  const { register, handleSubmit, formState } = useForm<{ email: string }>()

  const submit = handleSubmit(async ({ email }) => {
    setFailure(null)
    try {
      await requestReset({ body: { email: email.trim() } })
      setSentTo(email.trim())
    } catch (error) {
      setFailure(sentenceOf(error))
    }
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
        <form noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
          <FormError>{failure}</FormError>
          <TextField
            label={t`Surel`}
            type="email"
            autoComplete="username"
            error={formState.errors.email?.message}
            {...register('email', { required: t`Isi surel Anda.` })}
          />
          <Button type="submit" look="primary" busy={formState.isSubmitting}>
            <Trans>Kirim tautan</Trans>
          </Button>
        </form>
      )}
    </AuthFrame>
  )
}
