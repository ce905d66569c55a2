import { Trans, useLingui } from '@lingui/react/macro'
import { useId, useState } from 'react'
import { useForm } from 'react-hook-form'
import { createUser } from '@/api'
import { refetch } from '@/app/client'
import { landErrors } from '@/lib/form'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { FormError } from '@/ui/FormError'
import { toast } from '@/ui/Toast'
import { RoleFields, type Scope } from './RoleFields'
import { PEOPLE } from './roles'

interface Values {
  name: string
  email: string
  password: string
}

/** For people without mail of their own: the account is made here, with a first password. */
export default function NewMemberDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={t`Anggota baru`}
      description={t`Langsung dapat masuk dengan kata sandi ini. Untuk rekan yang bersurel, undangan lebih baik.`}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Simpan</Trans>
        </Button>
      }
    >
      {open && <NewMemberForm formId={formId} onDone={onClose} />}
    </Drawer>
  )
}

function NewMemberForm({ formId, onDone }: { formId: string; onDone: () => void }) {
  const { t } = useLingui()
  const [scope, setScope] = useState<Scope>({ role: 'operator', location_ids: null })
  const [failure, setFailure] = useState<string | null>(null)
  const { register, handleSubmit, setError, formState } = useForm<Values>()
  const { errors } = formState
  const submit = handleSubmit(async values => {
    setFailure(null)
    try {
      await createUser({ body: { ...values, email: values.email.trim(), ...scope } })
    } catch (error) {
      setFailure(landErrors<Values>(error, ['name', 'email', 'password'], setError))
      return
    }
    refetch('listUsers')
    const { name } = values
    toast({ text: t`${name} tersimpan.` })
    onDone()
  })
  return (
    <form id={formId} noValidate onSubmit={event => void submit(event)} className="flex flex-col gap-4">
      <FormError>{failure}</FormError>
      <TextField
        label={t`Nama`}
        autoComplete="off"
        error={errors.name?.message}
        {...register('name', { required: t`Isi nama anggota.` })}
      />
      <TextField
        label={t`Surel`}
        type="email"
        autoComplete="off"
        error={errors.email?.message}
        {...register('email', { required: t`Isi surel anggota.` })}
      />
      <TextField
        label={t`Kata sandi pertama`}
        type="password"
        autoComplete="new-password"
        hint={t`Sampaikan langsung kepada orangnya; minta ia menggantinya.`}
        error={errors.password?.message}
        {...register('password', {
          required: t`Pilih kata sandi.`,
          minLength: { value: 8, message: t`Kata sandi paling sedikit 8 karakter.` },
        })}
      />
      <RoleFields scope={scope} onChange={setScope} roles={PEOPLE} />
    </form>
  )
}
