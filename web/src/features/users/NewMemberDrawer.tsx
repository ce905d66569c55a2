import { Trans, useLingui } from '@lingui/react/macro'
import { useId } from 'react'
import { createUser } from '@/api'
import { zNewUser } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { useDraftName } from '@/app/session'
import { tooShort } from '@/lib/password'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { toast } from '@/ui/Toast'
import { RoleFields, scopeOf } from './RoleFields'
import { PEOPLE } from '@/app/roles'

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
  const form = useForm({
    defaults: {
      name: '',
      email: '',
      password: '',
      role: 'operator',
      location_ids: null as string[] | null,
    },
    schema: zNewUser,
    bodyOf: values => ({ ...values, email: values.email.trim() }),
    missing: { name: t`Isi nama anggota.`, email: t`Isi surel anggota.`, password: t`Pilih kata sandi.` },
    also: ({ password }) => ({ password: tooShort(password) }),
    draft: useDraftName('member'),
    secret: ['password'],
    send: body => createUser({ body }),
    done: ({ name }) => {
      refetch('listUsers')
      toast({ text: t`${name} tersimpan.` })
      onDone()
    },
  })
  const { register, errorOf } = form
  return (
    <Form id={formId} form={form}>
      <TextField label={t`Nama`} autoComplete="off" error={errorOf('name')} {...register('name')} />
      <TextField
        label={t`Surel`}
        type="email"
        autoComplete="off"
        error={errorOf('email')}
        {...register('email')}
      />
      <TextField
        label={t`Kata sandi pertama`}
        type="password"
        autoComplete="new-password"
        hint={t`Sampaikan langsung kepada orangnya; minta ia menggantinya.`}
        error={errorOf('password')}
        {...register('password')}
      />
      <RoleFields {...scopeOf(form)} roles={PEOPLE} />
    </Form>
  )
}
