import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link, useRouter } from '@tanstack/react-router'
import { register as registerAccount } from '@/api'
import { zRegistration } from '@/api/zod.gen'
import { signIn } from '@/app/session'
import { tooShort } from '@/lib/password'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { AuthFrame, LINK } from './AuthFrame'
import { insideConsole } from './next'

const route = getRouteApi('/register')

export function RegisterPage() {
  const { t } = useLingui()
  const router = useRouter()
  const { next } = route.useSearch()
  const form = useForm({
    defaults: { name: '', organisation_name: '', email: '', password: '' },
    schema: zRegistration,
    bodyOf: values => ({
      ...values,
      email: values.email.trim(),
      organisation_name: values.organisation_name || null,
    }),
    missing: { name: t`Isi nama Anda.`, email: t`Isi surel Anda.`, password: t`Pilih kata sandi.` },
    also: ({ password }) => ({ password: tooShort(password) }),
    send: async body => {
      await registerAccount({ body })
      await signIn(body.email, body.password)
    },
    done: () => router.history.push(insideConsole(next)),
  })
  const { register, errorOf } = form

  return (
    <AuthFrame
      title={t`Daftar`}
      lead={
        next?.startsWith('/invitation') ? (
          <Trans>Pakai alamat surel yang diundang; sesudah itu undangannya dapat Anda terima.</Trans>
        ) : (
          <Trans>Anda langsung mendapat organisasi sendiri dan dapat mengundang rekan.</Trans>
        )
      }
      footer={
        <Trans>
          Sudah punya akun?{' '}
          <Link to="/login" search={next ? { next } : {}} className={LINK}>
            Masuk
          </Link>
        </Trans>
      }
    >
      <Form form={form}>
        <TextField label={t`Nama`} autoComplete="name" error={errorOf('name')} {...register('name')} />
        <TextField
          label={t`Nama organisasi`}
          hint={t`Boleh kosong; dapat diisi nanti.`}
          autoComplete="organization"
          error={errorOf('organisation_name')}
          {...register('organisation_name')}
        />
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
          autoComplete="new-password"
          hint={t`Paling sedikit 8 karakter. Kalimat pendek mudah diingat.`}
          error={errorOf('password')}
          {...register('password')}
        />
        <Button type="submit" look="primary" busy={form.isBusy}>
          <Trans>Buat akun</Trans>
        </Button>
      </Form>
    </AuthFrame>
  )
}
