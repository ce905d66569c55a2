import { useLingui } from '@lingui/react/macro'
import { refetch } from '@/app/client'
import { sentenceOf } from '@/lib/failure'
import { toast } from '@/ui/Toast'
import type { Entry, Kind } from './catalogue'

/** Deactivating keeps all history and can be taken back, so nobody is asked "Yakin?". */
export function useActivation<One extends Entry>(kind: Kind<One>) {
  const { t } = useLingui()
  const settle = async (entries: readonly One[], active: boolean): Promise<boolean> => {
    try {
      for (const { id } of entries) await (active ? kind.activate(id) : kind.deactivate(id))
      return true
    } catch (error) {
      toast({ text: sentenceOf(error) })
      return false
    } finally {
      refetch(kind.operations.list, kind.operations.get)
    }
  }
  const named = (entries: readonly One[]) => {
    const count = entries.length
    return count === 1 ? (entries[0]?.name ?? '') : t`${count} baris`
  }
  const activate = async (entries: readonly One[]) => {
    const names = named(entries)
    if (await settle(entries, true)) toast({ text: t`${names} aktif lagi.` })
  }
  const deactivate = async (entries: readonly One[]) => {
    const names = named(entries)
    if (!(await settle(entries, false))) return
    toast({
      text: t`${names} dinonaktifkan. Riwayatnya tetap ada.`,
      action: { label: t`Urungkan`, onClick: () => void activate(entries) },
    })
  }
  return { activate, deactivate }
}
