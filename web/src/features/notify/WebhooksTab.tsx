import { Trans, useLingui } from '@lingui/react/macro'
import { useMutation, useQuery } from '@tanstack/react-query'
import { Webhook } from 'lucide-react'
import { useState } from 'react'
import { changeWebhook, removeWebhook, rotateWebhookSecret, testWebhook, type WebhookRecord } from '@/api'
import { refetch } from '@/app/client'
import { ScopeNames } from '@/app/ScopeNames'
import { useMay } from '@/app/session'
import { useUndoable } from '@/app/useUndoable'
import { sentenceOf } from '@/lib/failure'
import { Button } from '@/ui/Button'
import { Empty, Failed, Skeleton } from '@/ui/States'
import { Tag } from '@/ui/StatusBadge'
import { toast } from '@/ui/Toast'
import { webhooksQuery } from './queries'
import { WebhookDialog, type Editing } from './WebhookDialog'
import { LEVELS } from './words'

export default function WebhooksTab() {
  const { t } = useLingui()
  const mayMake = useMay('webhooks', 'c')
  const list = useQuery(webhooksQuery)
  const [editing, setEditing] = useState<Editing>(null)
  const { hidden, later } = useUndoable()
  const rows = (list.data ?? []).filter(row => !hidden.has(row.id))
  const remove = ({ id, name }: WebhookRecord) =>
    later([id], t`Webhook ${name} dihapus.`, () =>
      removeWebhook({ path: { webhook_id: id }, keepalive: true })
        .catch((error: unknown) => toast({ text: sentenceOf(error) }))
        .finally(() => refetch('listWebhooks')),
    )
  const make = mayMake && (
    <Button
      look="primary"
      className="self-start"
      icon={<Webhook aria-hidden className="size-4" />}
      onClick={() => setEditing('new')}
    >
      <Trans>Tambah webhook</Trans>
    </Button>
  )
  return (
    <div className="flex flex-col gap-3">
      {list.isPending ? (
        <Skeleton lines={3} />
      ) : list.isError && !list.data ? (
        <Failed
          what={<Trans>Daftar webhook belum bisa dimuat.</Trans>}
          error={list.error}
          onRetry={() => void list.refetch()}
        />
      ) : rows.length === 0 ? (
        <Empty icon={<Webhook aria-hidden />} title={<Trans>Belum ada webhook.</Trans>} action={make}>
          <Trans>
            Webhook memberi tahu sistem Anda sendiri begitu insiden dibuka atau memburuk, dan begitu kasus
            dibuka, ditugaskan, atau selesai. Setiap pesan bertanda tangan, jadi penerima tahu bahwa pesan itu
            dari Arus.
          </Trans>
        </Empty>
      ) : (
        <>
          {make}
          <ul aria-label={t`Webhook`} className="divide-y divide-line rounded-lg border border-line">
            {rows.map(row => (
              <Row
                key={row.id}
                hook={row}
                onEdit={() => setEditing(row)}
                onRemove={() => remove(row)}
                onSecret={secret => setEditing({ secret, replaces: true })}
              />
            ))}
          </ul>
        </>
      )}
      <WebhookDialog editing={editing} onEditing={setEditing} />
    </div>
  )
}

function fail(error: unknown) {
  toast({ text: sentenceOf(error) })
}

interface RowProps {
  hook: WebhookRecord
  onEdit: () => void
  onRemove: () => void
  onSecret: (secret: string) => void
}

function Row({ hook, onEdit, onRemove, onSecret }: RowProps) {
  const { t, i18n } = useLingui()
  const mayChange = useMay('webhooks', 'u')
  const { name } = hook
  const path = { webhook_id: hook.id }
  const test = useMutation({
    mutationFn: () => testWebhook({ path }),
    onSuccess: () => {
      refetch('listDeliveries')
      toast({ text: t`Pesan uji ke ${name} dalam perjalanan. Hasilnya ada di Pengiriman.` })
    },
    onError: fail,
  })
  const rotate = useMutation({
    mutationFn: () => rotateWebhookSecret({ path }),
    onSuccess: ({ data }) => {
      refetch('listWebhooks')
      onSecret(data.secret ?? '')
    },
    onError: fail,
  })
  const activate = useMutation({
    mutationFn: (is_active: boolean) => changeWebhook({ path, body: { is_active } }),
    onSuccess: () => refetch('listWebhooks'),
    onError: fail,
  })
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3">
      <span className="min-w-56 flex-1">
        <span className="flex flex-wrap items-center gap-2 text-sm font-medium">
          {name}
          {!hook.is_active && (
            <Tag>
              <Trans>Mati</Trans>
            </Tag>
          )}
        </span>
        <span className="block text-xs text-muted">
          {i18n._(LEVELS[hook.least])} · <ScopeNames ids={hook.location_ids} /> ·{' '}
          <span className="break-all">{hook.url}</span>
        </span>
      </span>
      {mayChange && (
        <span className="flex flex-wrap gap-2">
          <Button busy={test.isPending} onClick={() => test.mutate()}>
            <Trans>Uji</Trans>
            <span className="sr-only"> {name}</span>
          </Button>
          <Button onClick={onEdit}>
            <Trans>Ubah</Trans>
            <span className="sr-only"> {name}</span>
          </Button>
          <Button busy={rotate.isPending} onClick={() => rotate.mutate()}>
            <Trans>Ganti kunci</Trans>
            <span className="sr-only"> {name}</span>
          </Button>
          <Button busy={activate.isPending} onClick={() => activate.mutate(!hook.is_active)}>
            {hook.is_active ? <Trans>Matikan</Trans> : <Trans>Nyalakan</Trans>}
            <span className="sr-only"> {name}</span>
          </Button>
          <Button look="danger" onClick={onRemove}>
            <Trans>Hapus</Trans>
            <span className="sr-only"> {name}</span>
          </Button>
        </span>
      )}
    </li>
  )
}
