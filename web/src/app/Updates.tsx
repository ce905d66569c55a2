import { useLingui } from '@lingui/react/macro'
import { useEffect } from 'react'
import { useRegisterSW } from 'virtual:pwa-register/react'
import { toast } from '@/ui/Toast'

/** Offer a new version of the console; it is never taken under somebody's hands. */
export function Updates() {
  const { t } = useLingui()
  const {
    needRefresh: [ready],
    updateServiceWorker,
  } = useRegisterSW()
  useEffect(() => {
    if (!ready) return
    toast({
      text: t`Versi baru tersedia.`,
      action: { label: t`Muat ulang`, onClick: () => void updateServiceWorker(true) },
      forMs: 0,
    })
  }, [ready, t, updateServiceWorker])
  return null
}
