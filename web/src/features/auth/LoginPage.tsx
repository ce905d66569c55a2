import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { zCredentials } from '@/api/zod.gen'
import { signIn } from '@/app/session'
import { ProblemError } from '@/lib/problem'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { AuthFrame, LINK } from './AuthFrame'
import { insideConsole } from './next'

const route = getRouteApi('/login')

export function LoginPage() {
  const { t } = useLingui()
  const router = useRouter()
  const { next } = route.useSearch()
  const form = useForm({
    defaults: { email: '', password: '' },
    schema: zCredentials,
    bodyOf: values => ({ ...values, email: values.email.trim() }),
    missing: { email: t`Isi surel Anda.`, password: t`Isi kata sandi Anda.` },
    send: ({ email, password }) => signIn(email, password),
    done: () => router.history.push(insideConsole(next)),
    failed: error =>
      error instanceof ProblemError && error.status === 401 ? t`Surel atau kata sandi tidak cocok.` : null,
  })
  const { register, errorOf } = form

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
      <Form form={form}>
        <TextField
          label={t`Surel`}
          type="email"
          autoComplete="username"
          error={errorOf('email')}
          {...register('email')}
        />
        <TextField
          label={t`Kata sandi`}
          type="password"
          autoComplete="current-password"
          error={errorOf('password')}
          aside={
            <Link
              to="/forgot-password"
              className={`${LINK} text-xs pointer-coarse:-my-3 pointer-coarse:py-3`}
            >
              <Trans>Lupa kata sandi?</Trans>
            </Link>
          }
          {...register('password')}
        />
        <Button type="submit" look="primary" busy={form.isBusy}>
          <Trans>Masuk</Trans>
        </Button>
      </Form>
    </AuthFrame>
  )
}
