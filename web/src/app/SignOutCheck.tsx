import { Plural, Trans, useLingui } from '@lingui/react/macro'
import { Button } from '@/ui/Button'
import { Dialog } from '@/ui/Dialog'

interface SignOutCheckProps {
  count: number
  onClose: () => void
  onLeave: () => void
}

/** Signing out empties this browser, so records that were not sent yet are named first. */
export default function SignOutCheck({ count, onClose, onLeave }: SignOutCheckProps) {
  const { t } = useLingui()
  return (
    <Dialog
      open
      onClose={onClose}
      title={t`Masih ada catatan yang belum terkirim`}
      footer={
        <>
          <Button look="danger" onClick={onLeave}>
            <Trans>Buang dan keluar</Trans>
          </Button>
          <Button look="primary" onClick={onClose}>
            <Trans>Tetap masuk</Trans>
          </Button>
        </>
      }
    >
      <p className="text-sm">
        <Plural
          value={count}
          other="# catatan BBM hanya ada di perangkat ini dan hilang bila Anda keluar sekarang."
        />
      </p>
    </Dialog>
  )
}
