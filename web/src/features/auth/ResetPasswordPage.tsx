import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { confirmReset } from '@/api'
import { landErrors } from '@/lib/form'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { AuthFrame, LINK } from './AuthFrame'

const route = getRouteApi('/reset-password')

export function ResetPasswordPage() {
  const { t } = useLingui()
  const { token } = route.useSearch()
  const [done, setDone] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const { register, handleSubmit, setError, formState } = useForm<{ password: string }>()

  const submit = handleSubmit(async ({ password }) => {
    setFailure(null)
    try {
      await confirmReset({ body: { token: token ?? '', password } })
      setDone(true)
    } catch (error) {
      setFailure(landErrors<{ password: string }>(error, ['password'], setError))
    }
  })

  return (
    <AuthFrame
      title={t`Kata sandi baru`}
      footer={
        <Link to="/login" className={LINK}>
          <Trans>Ke halaman masuk</Trans>
        </Link>
      }
    >
      {done ? (
        <p role="status" className="text-sm">
          <Trans>Kata sandi sudah diganti. Masuk dengan kata sandi yang baru.</Trans>
        </p>
      ) : (
        <form noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
          <FormError>
            {token ? failure : t`Tautan ini tidak lengkap. Buka tautan dari surel Anda sekali lagi.`}
          </FormError>
          <TextField
            label={t`Kata sandi baru`}
            type="password"
            autoComplete="new-password"
            error={formState.errors.password?.message}
            {...register('password', {
              required: t`Pilih kata sandi.`,
              minLength: { value: 8, message: t`Kata sandi paling sedikit 8 karakter.` },
            })}
          />
          <Button type="submit" look="primary" busy={formState.isSubmitting} disabled={!token}>
            <Trans>Simpan</Trans>
          </Button>
        </form>
      )}
    </AuthFrame>
  )
}
