import { Trans, useLingui } from '@lingui/react/macro'
import { useInfiniteQuery } from '@tanstack/react-query'
import { KeyRound } from 'lucide-react'
import { useId, useState } from 'react'
import { createKey, listKeys, revokeKey, type KeyOut } from '@/api'
import { zNewKey } from '@/api/zod.gen'
import { refetch } from '@/app/client'
import { useDraftName, useMay } from '@/app/session'
import { sentenceOf } from '@/lib/failure'
import { dayAfter, instantAt, moment, today } from '@/lib/format'
import { useForm } from '@/app/useForm'
import { useUndoable } from '@/app/useUndoable'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'
import { TextField } from '@/ui/Field'
import { Form } from '@/ui/Form'
import { Secret } from '@/ui/Secret'
import { Empty, Failed, Skeleton } from '@/ui/States'
import { toast } from '@/ui/Toast'
import { ResourceField, resourceWords } from './ResourceField'
import type { Resources } from './resources'
import { RoleFields, scopeOf } from './RoleFields'
import { MACHINES, roleWord } from '@/app/roles'
import { ScopeNames } from '@/app/ScopeNames'

/** Not yet of devices: no route takes their readings. */
const OFFERED = Object.keys(MACHINES).filter(role => role !== 'device')

export default function KeysTab() {
  const { t } = useLingui()
  const mayMake = useMay('keys', 'c')
  const mayRevoke = useMay('keys', 'd')
  const [making, setMaking] = useState(false)
  const list = useInfiniteQuery({
    queryKey: [{ _id: 'listKeys' }],
    queryFn: async ({ pageParam, signal }) =>
      (await listKeys({ query: { limit: 100, ...(pageParam && { cursor: pageParam }) }, signal })).data,
    initialPageParam: '',
    getNextPageParam: page => page.next_cursor ?? undefined,
  })
  const { hidden, later } = useUndoable()
  const rows = (list.data?.pages ?? []).flatMap(page => page.items).filter(row => !hidden.has(row.id))
  const revoke = ({ id, name }: KeyOut) =>
    later([id], t`Kunci ${name} dicabut.`, () =>
      revokeKey({ path: { id }, keepalive: true })
        .catch((error: unknown) => toast({ text: sentenceOf(error) }))
        .finally(() => refetch('listKeys')),
    )
  const make = mayMake && (
    <Button
      look="primary"
      className="self-start"
      icon={<KeyRound aria-hidden className="size-4" />}
      onClick={() => setMaking(true)}
    >
      <Trans>Buat kunci</Trans>
    </Button>
  )
  return (
    <div className="flex flex-col gap-3">
      {list.isPending ? (
        <Skeleton lines={3} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar kunci belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <Empty icon={<KeyRound aria-hidden />} title={<Trans>Belum ada kunci API.</Trans>} action={make}>
          <Trans>
            Kunci memberi sistem lain akses ke API dengan peran yang Anda pilih, tanpa kata sandi siapa pun.
          </Trans>
        </Empty>
      ) : (
        <>
          {make}
          <ul aria-label={t`Kunci API`} className="divide-y divide-line rounded-lg border border-line">
            {rows.map(row => (
              <li key={row.id} className="flex flex-wrap items-center gap-3 px-4 py-3">
                <span className="min-w-48 flex-1">
                  <span className="block truncate text-sm font-medium">
                    {row.name} <code className="text-xs font-normal text-muted">{row.prefix}…</code>
                  </span>
                  <span className="block text-xs text-muted">
                    {roleWord(row.role)} · <ScopeNames ids={row.location_ids} /> ·{' '}
                    {row.expires_at ? (
                      <Trans>berlaku sampai {moment(row.expires_at)}</Trans>
                    ) : (
                      <Trans>tanpa batas waktu</Trans>
                    )}
                  </span>
                  {row.resources && (
                    <span className="block text-xs text-muted">{resourceWords(row.resources)}</span>
                  )}
                  {!row.maker_belongs && (
                    <span className="block text-xs text-muted">
                      <Trans>Tidak berlaku: pembuatnya bukan anggota aktif lagi.</Trans>
                    </span>
                  )}
                </span>
                {mayRevoke && (
                  <Button onClick={() => revoke(row)}>
                    <Trans>Cabut</Trans>
                    <span className="sr-only"> {row.name}</span>
                  </Button>
                )}
              </li>
            ))}
          </ul>
          {list.hasNextPage && (
            <Button busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              <Trans>Muat lagi</Trans>
            </Button>
          )}
        </>
      )}
      <NewKeyDialog open={making} onClose={() => setMaking(false)} />
    </div>
  )
}

function NewKeyDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useLingui()
  const formId = useId()
  const [secret, setSecret] = useState<string | null>(null)
  const close = () => {
    setSecret(null)
    onClose()
  }
  return (
    <Dialog
      open={open}
      onClose={close}
      title={secret ? t`Salin kunci sekarang` : t`Kunci baru`}
      footer={
        secret ? (
          <Button look="primary" onClick={close}>
            <Trans>Sudah saya simpan</Trans>
          </Button>
        ) : (
          <Button type="submit" form={formId} look="primary">
            <Trans>Buat kunci</Trans>
          </Button>
        )
      }
    >
      {secret ? (
        <Secret secret={secret}>
          <Trans>Kunci ini hanya tampil sekali. Simpan di tempat rahasia sistem Anda.</Trans>
        </Secret>
      ) : (
        open && <NewKeyForm formId={formId} onMade={setSecret} />
      )}
    </Dialog>
  )
}

/** The last second of a day, by the clocks that its end is shown with. */
function endOf(day: string): string {
  return new Date(instantAt(`${day}T23:59:59`)).toISOString()
}

function NewKeyForm({ formId, onMade }: { formId: string; onMade: (secret: string) => void }) {
  const { t } = useLingui()
  const form = useForm({
    defaults: {
      name: '',
      until: dayAfter(today(), 365),
      role: 'service',
      location_ids: null as string[] | null,
      resources: null as Resources | null,
    },
    schema: zNewKey,
    bodyOf: ({ until, ...values }) => ({ ...values, ...(until && { expires_at: endOf(until) }) }),
    missing: { name: t`Isi nama kunci.` },
    also: ({ resources }) => ({
      resources: resources !== null && Object.keys(resources).length === 0 && t`Pilih sedikitnya satu.`,
    }),
    draft: useDraftName('key'),
    send: async body => {
      const { data } = await createKey({ body })
      refetch('listKeys')
      // Told once: null only where an answer is told again.
      if (data.secret !== null) onMade(data.secret)
    },
    done: () => undefined,
  })
  const { register, errorOf } = form
  const { role, resources } = form.watch()
  const scope = scopeOf(form)
  return (
    <Form id={formId} form={form}>
      <TextField
        label={t`Nama`}
        hint={t`Untuk apa kunci ini, misalnya "Impor malam".`}
        autoComplete="off"
        error={errorOf('name')}
        {...register('name')}
      />
      <TextField
        label={t`Berlaku sampai`}
        hint={t`Kosongkan bila tanpa batas.`}
        type="date"
        min={today()}
        {...register('until')}
      />
      <RoleFields
        {...scope}
        onChange={next => {
          // What one role may do is not what another may.
          if (next.role !== role) form.setValue('resources', null)
          scope.onChange(next)
        }}
        roles={OFFERED}
        words={MACHINES}
      />
      <ResourceField
        role={role}
        resources={resources}
        onChange={next => form.setValue('resources', next)}
        error={errorOf('resources')}
      />
    </Form>
  )
}
