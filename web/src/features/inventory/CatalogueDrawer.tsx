import { Trans } from '@lingui/react/macro'
import { useLingui } from '@lingui/react'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { useMay } from '@/app/session'
import { Button } from '@/ui/Button'
import { Drawer } from '@/ui/Dialog'
import { Failed, Skeleton } from '@/ui/States'
import { useActivation } from './activation'
import type { Entry, Kind } from './catalogue'

interface CatalogueDrawerProps<One extends Entry> {
  kind: Kind<One>
  /** `new` makes one. */
  id: string | undefined
  known: One | undefined
  onClose: () => void
}

export default function CatalogueDrawer<One extends Entry>({
  kind,
  id,
  known,
  onClose,
}: CatalogueDrawerProps<One>) {
  const { i18n } = useLingui()
  const formId = useId()
  const isNew = id === 'new'
  const query = useQuery({
    queryKey: [{ _id: kind.operations.get, id }],
    queryFn: async ({ signal }) => (await kind.get(id ?? '', signal)).data,
    enabled: id !== undefined && !isNew,
    ...(known && { initialData: known }),
  })
  const entry = isNew ? undefined : query.data
  const mayEdit = useMay(kind.name, isNew ? 'c' : 'u')
  const mayRemove = useMay(kind.name, 'd')
  const { activate, deactivate } = useActivation(kind)
  return (
    <Drawer
      open={id !== undefined}
      onClose={onClose}
      title={isNew ? i18n._(kind.words.fresh) : (entry?.name ?? i18n._(kind.words.one))}
      footer={
        (isNew || entry) && (
          <>
            {entry?.is_active && mayRemove && (
              <Button
                look="danger"
                className="mr-auto"
                onClick={() => {
                  void deactivate([entry])
                  onClose()
                }}
              >
                <Trans>Nonaktifkan</Trans>
              </Button>
            )}
            {entry && !entry.is_active && mayEdit && (
              <Button className="mr-auto" onClick={() => void activate([entry])}>
                <Trans>Aktifkan lagi</Trans>
              </Button>
            )}
            {mayEdit && (
              <Button type="submit" form={formId} look="primary">
                <Trans>Simpan</Trans>
              </Button>
            )}
          </>
        )
      }
    >
      {isNew || entry ? (
        <kind.Form
          key={entry ? `${entry.id} ${entry.version}` : 'new'}
          formId={formId}
          entry={entry}
          locked={!mayEdit}
          onDone={onClose}
        />
      ) : query.isError ? (
        <Failed what={i18n._(kind.words.unread)} error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Skeleton lines={6} />
      )}
    </Drawer>
  )
}
