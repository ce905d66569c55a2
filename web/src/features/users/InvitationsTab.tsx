import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery, useMutation } from '@tanstack/react-query'
import { MailCheck, MailPlus } from 'lucide-react'
import { useId, useState } from 'react'
import {
  createInvitation,
  listInvitations,
  resendVerification,
  withdrawInvitation,
  type InvitationOut,
} from '@/api'
import { zNewInvitation } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { useDraftName, useMay, useSession } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { moment } from '@/lib/format'
import { useForm } from '@/app/useForm'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Empty, Failed, Skeleton, Stale } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { RoleFields, scopeOf } from './RoleFields'
import { PEOPLE, roleWord } from '@/app/roles'
import { ScopeNames } from '@/app/ScopeNames'

export default function InvitationsTab() {
  const { t } = useLingui()
  const { user } = useSession()
  const mayInvite = useMay('users', 'c')
  const [inviting, setInviting] = useState(false)
  const list = useInfiniteQuery({
    queryKey: [{ _id: 'listInvitations' }],
    queryFn: async ({ pageParam, signal }) =>
      (await listInvitations({ query: { limit: 100, ...(pageParam && { cursor: pageParam }) }, signal }))
        .data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
  const rows = (list.data?.pages ?? []).flatMap(page => page.items)
  const remind = useMutation({
    mutationFn: () => resendVerification(),
    onSuccess: () => toast({ text: t`Tautan terkirim ke ${user.email}.` }),
    onError: error => toast({ text: sentenceOf(error) }),
  })
  const invite = mayInvite && (
    <Button
      look="primary"
      className="self-start"
      disabled={!user.email_verified}
      icon={<MailPlus aria-hidden className="size-4" />}
      onClick={() => setInviting(true)}
    >
      <Trans>Undang rekan</Trans>
    </Button>
  )
  return (
    <div className="flex flex-col gap-3">
      {!user.email_verified && (
        <>
          <Stale>
            <Trans>
              Verifikasi alamat surel Anda dulu; sesudah itu Anda dapat mengundang. Tautannya ada di kotak
              masuk Anda.
            </Trans>
          </Stale>
          <Button
            className="self-start"
            icon={<MailCheck aria-hidden className="size-4" />}
            busy={remind.isPending}
            onClick={() => remind.mutate()}
          >
            <Trans>Kirim ulang tautan</Trans>
          </Button>
        </>
      )}
      {list.isPending ? (
        <Skeleton lines={3} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar undangan belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <Empty
          icon={<MailPlus aria-hidden />}
          title={<Trans>Tidak ada undangan terbuka.</Trans>}
          action={invite}
        >
          <Trans>
            Yang diundang mendapat surel dengan tautan; undangan yang belum diterima tampil di sini.
          </Trans>
        </Empty>
      ) : (
        <>
          {invite}
          <ul aria-label={t`Undangan`} className="divide-y divide-line rounded-lg border border-line">
            {rows.map(row => (
              <Row key={row.id} invitation={row} />
            ))}
          </ul>
          {list.hasNextPage && (
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              <Trans>Muat lagi</Trans>
            </Button>
          )}
        </>
      )}
      <InviteDialog open={inviting} onClose={() => setInviting(false)} />
    </div>
  )
}

function Row({ invitation }: { invitation: InvitationOut }) {
  const { t } = useLingui()
  const mayWithdraw = useMay('users', 'd')
  const { email } = invitation
  const withdraw = useMutation({
    mutationFn: () => withdrawInvitation({ path: { id: invitation.id } }),
    onSuccess: () => {
      refetch('listInvitations')
      toast({ text: t`Undangan untuk ${email} ditarik.` })
    },
    onError: error => toast({ text: sentenceOf(error) }),
  })
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3">
      <span className="min-w-48 flex-1">
        <span className="block truncate text-sm font-medium">{email}</span>
        <span className="block text-xs text-muted">
          {roleWord(invitation.role)} · <ScopeNames ids={invitation.location_ids} /> ·{' '}
          <Trans>berlaku sampai {moment(invitation.expires_at)}</Trans>
        </span>
      </span>
      {mayWithdraw && (
        <Button busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
          <Trans>Tarik</Trans>
          <span className="sr-only"> {email}</span>
        </Button>
      )}
    </li>
  )
}

function InviteDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const formId = useId()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t`Undang rekan`}
      footer={
        <Button type="submit" form={formId} look="primary">
          <Trans>Kirim undangan</Trans>
        </Button>
      }
    >
      {open && <InviteForm formId={formId} onDone={onClose} />}
    </Dialog>
  )
}

function InviteForm({ formId, onDone }: { formId: string; onDone: () => void }) {
  const { t } = useLingui()
  const form = useForm({
    defaults: { email: '', role: 'operator', location_ids: null as string[] | null },
    schema: zNewInvitation,
    bodyOf: values => ({ ...values, email: values.email.trim() }),
    missing: { email: t`Isi surel yang diundang.` },
    draft: useDraftName('invitation'),
    send: body => createInvitation({ body }),
    done: ({ email }) => {
      refetch('listInvitations')
      toast({ text: t`Undangan terkirim ke ${email}.` })
      onDone()
    },
  })
  return (
    <Form id={formId} form={form}>
      <TextField
        label={t`Surel`}
        type="email"
        autoComplete="off"
        error={form.errorOf('email')}
        {...form.register('email')}
      />
      <RoleFields {...scopeOf(form)} roles={PEOPLE} />
    </Form>
  )
}
