import { Trans, useLingui } from '@lingui/react/macro'
import { Suspense, type ReactNode } from 'react'
import { Button } from './Button'
import { Dialog } from './Dialog'

interface FilterSheetProps {
  open: boolean
  onClose: () => void
  clear: ReactNode
  children: ReactNode
}

/** The fields of a filter bar on a phone; fetched when it is first opened. */
export default function FilterSheet({ open, onClose, clear, children }: FilterSheetProps) {
  const { t } = useLingui()
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={t`Saring`}
      footer={
        <>
          {clear}
          <Button look="primary" onClick={onClose}>
            <Trans>Tampilkan</Trans>
          </Button>
        </>
      }
    >
      <div className="flex min-h-72 flex-col gap-4">
        <Suspense>{children}</Suspense>
      </div>
    </Dialog>
  )
}
