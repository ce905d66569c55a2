/** The session's live feed: one connection, shared by every page. */
import { useEffect, useSyncExternalStore } from 'react'
import type { Anomaly, ImportRecord } from '@/api'
import { renew } from '@/lib/http'
import { LiveFeed, serverSentEvents, webSocket, type LiveState } from '@/lib/live'

const feed = new LiveFeed(
  `${location.origin}/api/v1/live?types=verdict,alert,import,case`,
  [webSocket, serverSentEvents],
  // An expired session closes the wire, so it is renewed before the next try.
  () => renew(Date.now() - 60_000),
)

addEventListener('online', () => feed.hurry())
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState === 'visible') feed.hurry()
})

/** Keep the feed open for as long as the shell is shown, for those whom it tells anything. */
export function useFeed(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return undefined
    feed.start()
    return () => feed.stop()
  }, [wanted])
}

export function useLiveState(): LiveState {
  return useSyncExternalStore(feed.watch, feed.snapshot)
}

/** Whether what happens is told at once. */
export function feedIsOpen(): boolean {
  return feed.snapshot().status === 'open'
}

/** Hear of every incident that opens or changes. `onReset`: some were missed. */
export function listenToAlerts(onAlert: () => void, onReset: () => void): () => void {
  return feed.listen(message => {
    if (message.type === 'alert') onAlert()
    if (message.type === 'reset') onReset()
  })
}

/** A verdict that no longer holds: its fact was voided, or stands at another place now. */
export type Withdrawal = Pick<Anomaly, 'fact_id' | 'location' | 'product'>

/** Hear of every verdict: reached, or withdrawn. `onReset`: some were missed, so everything has to be read again. */
export function listenToVerdicts(
  onVerdict: (verdict: Anomaly) => void,
  onWithdrawn: (withdrawal: Withdrawal) => void,
  onReset: () => void,
): () => void {
  return feed.listen(message => {
    if (message.type === 'verdict') onVerdict(message.data as Anomaly)
    if (message.type === 'verdict_withdrawn') onWithdrawn(message.data as Withdrawal)
    if (message.type === 'reset') onReset()
  })
}

/** How far an import is. */
export type ImportMoved = Pick<ImportRecord, 'id' | 'state' | 'rows' | 'progress' | 'counts'>

/** Hear of every import that moves. `onReset`: some were missed. */
export function listenToImports(onMove: (moved: ImportMoved) => void, onReset: () => void): () => void {
  return feed.listen(message => {
    if (message.type === 'import') onMove(message.data as ImportMoved)
    if (message.type === 'reset') onReset()
  })
}

/** Hear that something happened to a case, or that it may have. */
export function listenToCases(onChange: () => void): () => void {
  return feed.listen(message => {
    if (message.type === 'case' || message.type === 'reset') onChange()
  })
}

/** Hear that incidents changed or were answered; `opened` is false for an answer and for one that ended. */
export function listenToIncidents(onChange: (opened: boolean) => void): () => void {
  return feed.listen(message => {
    const { change } = (message.data ?? {}) as { change?: string }
    if (message.type === 'alert') onChange(change === 'opened' || change === 'escalated')
    if (message.type === 'alert_answered' || message.type === 'reset') onChange(false)
  })
}
