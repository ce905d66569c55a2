import { Trans, useLingui } from '@lingui/react/macro'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { confirmReset } from '@/api'
import { zResetIn } from '@/api/zod.gen'
import { tooShort } from '@/lib/password'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { AuthFrame, LINK } from './AuthFrame'

const route = getRouteApi('/reset-password')

export function ResetPasswordPage() {
  const { t } = useLingui()
  const { token } = route.useSearch()
  const [done, setDone] = useState(false)
  const form = useForm({
    defaults: { password: '' },
    schema: zResetIn,
    bodyOf: values => ({ ...values, token }),
    missing: { password: t`Pilih kata sandi.` },
    also: ({ password }) => ({ password: tooShort(password) }),
    send: body => confirmReset({ body }),
    done: () => setDone(true),
  })
  const incomplete = t`Tautan ini tidak lengkap. Buka tautan dari surel Anda sekali lagi.`

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
        <Form form={token ? form : { ...form, failure: incomplete }}>
          <TextField
            label={t`Kata sandi baru`}
            type="password"
            autoComplete="new-password"
            error={form.errorOf('password')}
            {...form.register('password')}
          />
          <Button type="submit" look="primary" busy={form.isBusy} disabled={!token}>
            <Trans>Simpan</Trans>
          </Button>
        </Form>
      )}
    </AuthFrame>
  )
}
