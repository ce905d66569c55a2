import { Trans, useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { changeMe, changePassword } from '@/api'
import { zMeIn } from '@/api/zod.gen'
import { tooShort } from '@/lib/password'
import { useForm } from './useForm'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { toast } from '@/ui/Toast'
import { refetch } from './client'
import { useSession } from './session'

/** One's own name and password. */
export default function AccountDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const { user } = useSession()
  const formId = useId()
  const form = useForm({
    defaults: { name: user.name, current_password: '', password: '' },
    // Two requests: the name is checked here, the password only when one is chosen.
    schema: zMeIn,
    bodyOf: ({ name }) => ({ name }),
    missing: { name: t`Isi nama Anda.` },
    also: ({ password, current_password }) => ({
      password: tooShort(password),
      current_password: password !== '' && current_password === '' && t`Isi kata sandi Anda.`,
    }),
    send: async ({ name }, { current_password, password }) => {
      if (name !== user.name) await changeMe({ body: { name: name ?? null } })
      if (password) await changePassword({ body: { current_password, password } })
    },
    done: () => {
      refetch('me')
      toast({ text: t`Akun Anda tersimpan.` })
      onClose()
    },
  })
  const { register, errorOf, watch } = form
  const wantsPassword = watch('password') !== ''
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`Akun saya`}
      description={user.email}
      footer={
        <Button type="submit" form={formId} look="primary" busy={form.isBusy}>
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      <Form id={formId} form={form}>
        <TextField label={t`Nama`} autoComplete="name" error={errorOf('name')} {...register('name')} />
        <TextField
          label={t`Kata sandi baru`}
          type="password"
          autoComplete="new-password"
          hint={t`Kosongkan bila tidak diganti.`}
          error={errorOf('password')}
          {...register('password')}
        />
        {wantsPassword && (
          <TextField
            label={t`Kata sandi sekarang`}
            type="password"
            autoComplete="current-password"
            error={errorOf('current_password')}
            {...register('current_password')}
          />
        )}
      </Form>
    </Dialog>
  )
}
