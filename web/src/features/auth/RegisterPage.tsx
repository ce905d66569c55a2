import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { register as registerAccount } from '@/api'
import { signIn } from '@/app/session'
import { landErrors } from '@/lib/form'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { AuthFrame, LINK } from './AuthFrame'
import { insideConsole } from './next'

const route = getRouteApi('/register')

interface Account {
  name: string
  organisation_name: string
  email: string
  password: string
}

export function RegisterPage() {
  const { t } = useLingui()
  const router = useRouter()
  const { next } = route.useSearch()
  const [failure, setFailure] = useState<string | null>(null)
  const { register, handleSubmit, setError, formState } = useForm<Account>()
  const { errors, isSubmitting } = formState

  const submit = handleSubmit(async ({ name, organisation_name, email, password }) => {
    setFailure(null)
    try {
      await registerAccount({
        body: {
          name,
          email: email.trim(),
          password,
          ...(organisation_name && { organisation_name }),
        },
      })
      await signIn(email.trim(), password)
    } catch (error) {
      setFailure(landErrors<Account>(error, ['name', 'organisation_name', 'email', 'password'], setError))
      return
    }
    router.history.push(insideConsole(next))
  })

  return (
    <AuthFrame
      title={t`Daftar`}
      lead={<Trans>Anda langsung mendapat organisasi sendiri dan dapat mengundang rekan.</Trans>}
      footer={
        <Trans>
          Sudah punya akun?{' '}
          <Link to="/login" search={next ? { next } : {}} className={LINK}>
            Masuk
          </Link>
        </Trans>
      }
    >
      <form noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
        <FormError>{failure}</FormError>
        <TextField
          label={t`Nama`}
          autoComplete="name"
          error={errors.name?.message}
          {...register('name', { required: t`Isi nama Anda.` })}
        />
        <TextField
          label={t`Nama organisasi`}
          hint={t`Boleh kosong; dapat diisi nanti.`}
          autoComplete="organization"
          error={errors.organisation_name?.message}
          {...register('organisation_name')}
        />
        <TextField
          label={t`Surel`}
          type="email"
          autoComplete="username"
          error={errors.email?.message}
          {...register('email', { required: t`Isi surel Anda.` })}
        />
        <TextField
          label={t`Kata sandi`}
          type="password"
          autoComplete="new-password"
          hint={t`Paling sedikit 8 karakter. Kalimat pendek mudah diingat.`}
          error={errors.password?.message}
          {...register('password', {
            required: t`Pilih kata sandi.`,
            minLength: { value: 8, message: t`Kata sandi paling sedikit 8 karakter.` },
          })}
        />
        <Button type="submit" look="primary" busy={isSubmitting}>
          <Trans>Buat akun</Trans>
        </Button>
      </form>
    </AuthFrame>
  )
}
