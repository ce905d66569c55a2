import { Trans, useLingui } from '@lingui/react/macro'
import { useId, useState } from 'react'
import { useForm } from 'react-hook-form'
import { changeMe, changePassword } from '@/api'
import { landErrors } from '@/lib/form'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { toast } from '@/ui/Toast'
import { refetch } from './client'
import { useSession } from './session'

interface Values {
  name: string
  current_password: string
  password: string
}

/** One's own name and password. */
export default function AccountDialog({ onClose }: { onClose: () => void }) {
  const { t } = useLingui()
  const { user } = useSession()
  const formId = useId()
  const [failure, setFailure] = useState<string | null>(null)
  const { register, handleSubmit, setError, watch, formState } = useForm<Values>({
    defaultValues: { name: user.name, current_password: '', password: '' },
  })
  const { errors, isSubmitting } = formState
  const wantsPassword = watch('password') !== ''
  const submit = handleSubmit(async ({ name, current_password, password }) => {
    setFailure(null)
    try {
      if (name !== user.name) await changeMe({ body: { name } })
      if (password) await changePassword({ body: { current_password, password } })
    } catch (error) {
      setFailure(landErrors<Values>(error, ['name', 'current_password', 'password'], setError))
      return
    }
    refetch('me')
    toast({ text: t`Akun Anda tersimpan.` })
    onClose()
  })
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`Akun saya`}
      description={user.email}
      footer={
        <Button type="submit" form={formId} look="primary" busy={isSubmitting}>
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      <form id={formId} noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
        <FormError>{failure}</FormError>
        <TextField
          label={t`Nama`}
          autoComplete="name"
          error={errors.name?.message}
          {...register('name', { required: t`Isi nama Anda.` })}
        />
        <TextField
          label={t`Kata sandi baru`}
          type="password"
          autoComplete="new-password"
          hint={t`Kosongkan bila tidak diganti.`}
          error={errors.password?.message}
          {...register('password', {
            minLength: { value: 8, message: t`Kata sandi paling sedikit 8 karakter.` },
          })}
        />
        {wantsPassword && (
          <TextField
            label={t`Kata sandi sekarang`}
            type="password"
            autoComplete="current-password"
            error={errors.current_password?.message}
            {...register('current_password', { required: t`Isi kata sandi Anda.` })}
          />
        )}
      </form>
    </Dialog>
  )
}
