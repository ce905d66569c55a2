import { useLingui } from '@lingui/react/macro'
import { useState } from 'react'
import { undoable } from '@/lib/undo'
import { toast } from '@/ui/Toast'

const UNDO_MS = 7_000

/** Acts that wait a moment, so that they can be taken back without a "Yakin?". hidden: ids they are about. */
export function useUndoable() {
  const { t } = useLingui()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const later = (ids: readonly string[], text: string, run: () => Promise<unknown>) => {
    const about = new Set(ids)
    const settle = () => setHidden(known => new Set([...known].filter(id => !about.has(id))))
    setHidden(known => new Set([...known, ...about]))
    const { undo } = undoable(() => run().finally(settle), UNDO_MS)
    toast({
      text,
      forMs: UNDO_MS,
      action: {
        label: t`Urungkan`,
        onClick: () => {
          undo()
          settle()
        },
      },
    })
  }
  return { hidden, later }
}
