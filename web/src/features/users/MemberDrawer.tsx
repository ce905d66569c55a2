import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { changeUser, deactivateUser, type MemberOut } from '@/api'
import { refetch } from '@/app/client'
import { useMay } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { FormError } from '@/ui/FormError'
import { Stale } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { RoleFields, type Scope } from './RoleFields'
import { PEOPLE } from '@/app/roles'

interface MemberDrawerProps {
  member: MemberOut | undefined
  /** Nobody takes their own rights away by accident. */
  self: boolean
  onClose: () => void
}

export default function MemberDrawer({ member, self, onClose }: MemberDrawerProps) {
  const { t } = useLingui()
  return (
    <Drawer
      open={member !== undefined}
      onClose={onClose}
      title={member?.name ?? t({ message: 'Anggota', context: 'satu' })}
      description={member?.email}
    >
      {member && <Body key={member.id} member={member} self={self} onClose={onClose} />}
    </Drawer>
  )
}

function Body({ member, self, onClose }: { member: MemberOut; self: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const mayEdit = useMay('users', 'u') && !self
  const mayRemove = useMay('users', 'd') && !self
  const [scope, setScope] = useState<Scope>({ role: member.role, location_ids: member.location_ids })
  const { name } = member
  const save = useMutation({
    mutationFn: () =>
      changeUser({
        path: { id: member.id },
        body: scope,
        headers: { 'If-Match': `"${member.version}"` },
      }),
    onSuccess: () => {
      refetch('listUsers')
      toast({ text: t`Peran ${name} tersimpan.` })
      onClose()
    },
  })
  const activate = async (active: boolean) => {
    try {
      await (active
        ? changeUser({ path: { id: member.id }, body: { is_active: true } })
        : deactivateUser({ path: { id: member.id } }))
      refetch('listUsers')
      toast(
        active
          ? { text: t`${name} dapat masuk lagi.` }
          : {
              text: t`${name} tidak dapat masuk lagi ke organisasi ini.`,
              action: { label: t`Urungkan`, onClick: () => void activate(true) },
            },
      )
      onClose()
    } catch (error) {
      toast({ text: sentenceOf(error) })
    }
  }
  if (self) {
    return (
      <Stale>
        <Trans>Ini Anda. Peran sendiri hanya dapat diubah oleh pemilik atau admin lain.</Trans>
      </Stale>
    )
  }
  return (
    <form
      className="flex flex-col gap-4"
      onSubmit={event => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <FormError>{save.isError ? sentenceOf(save.error) : null}</FormError>
      <fieldset disabled={!mayEdit} className="flex flex-col gap-4">
        <RoleFields scope={scope} onChange={setScope} roles={PEOPLE} />
      </fieldset>
      <div className="flex flex-wrap justify-between gap-2 border-t border-line pt-4">
        {mayRemove && member.is_active ? (
          <Button look="danger" onClick={() => void activate(false)}>
            <Trans>Nonaktifkan</Trans>
          </Button>
        ) : (
          mayEdit &&
          !member.is_active && (
            <Button onClick={() => void activate(true)}>
              <Trans>Aktifkan lagi</Trans>
            </Button>
          )
        )}
        {mayEdit && (
          <Button type="submit" look="primary" busy={save.isPending}>
            <Trans>Simpan</Trans>
          </Button>
        )}
      </div>
    </form>
  )
}
