import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { useState } from 'react'
import { useForm } from 'react-hook-form'
import { signIn } from '@/app/session'
import { sentenceOf } from '@/lib/form'
import { ProblemError } from '@/lib/problem'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { AuthFrame, LINK } from './AuthFrame'
import { insideConsole } from './next'

const route = getRouteApi('/login')

export function LoginPage() {
  const { t } = useLingui()
  const router = useRouter()
  const { next } = route.useSearch()
  const [failure, setFailure] = useState<string | null>(null)
  const { register, handleSubmit, formState } = useForm<{ email: string; password: string }>()
  const { errors, isSubmitting } = formState

  const submit = handleSubmit(async ({ email, password }) => {
    setFailure(null)
    try {
      await signIn(email.trim(), password)
    } catch (error) {
      const wrong = error instanceof ProblemError && error.status === 401
      setFailure(wrong ? t`Surel atau kata sandi tidak cocok.` : sentenceOf(error))
      return
    }
    router.history.push(insideConsole(next))
  })

  return (
    <AuthFrame
      title={t`Masuk`}
      footer={
        <Trans>
          Belum punya akun?{' '}
          <Link to="/register" search={next ? { next } : {}} className={LINK}>
            Daftar
          </Link>
        </Trans>
      }
    >
      <form noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
        <FormError>{failure}</FormError>
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
          autoComplete="current-password"
          error={errors.password?.message}
          aside={
            <Link to="/forgot-password" className={`${LINK} text-xs`}>
              <Trans>Lupa kata sandi?</Trans>
            </Link>
          }
          {...register('password', { required: t`Isi kata sandi Anda.` })}
        />
        <Button type="submit" look="primary" busy={isSubmitting}>
          <Trans>Masuk</Trans>
        </Button>
      </form>
    </AuthFrame>
  )
}
