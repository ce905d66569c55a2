/** Fuel records that wait for a connection; kept here because every page shows how many there are. */
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { recordFuelTransaction, type FactRecord, type NewFact } from '@/api'
import { OfflineQueue, type Queued } from '@/lib/queue'
import { useSession } from './session'

export type FuelQueue = OfflineQueue<NewFact, FactRecord>
export type UnsentFuel = Queued<NewFact>

const RETRY_MS = 15_000
const queues = new Map<string, FuelQueue>()

function queueOf(owner: string): FuelQueue {
  let queue = queues.get(owner)
  if (!queue) {
    queue = new OfflineQueue<NewFact, FactRecord>(
      'fuel.transaction',
      owner,
      async (body, key) => (await recordFuelTransaction({ body, headers: { 'Idempotency-Key': key } })).data,
    )
    queues.set(owner, queue)
  }
  return queue
}

/** The session's own queue, in the session's own organisation. */
export function useFuelQueue(): { queue: FuelQueue; unsent: readonly UnsentFuel[] } {
  const { user, organisation } = useSession()
  const queue = useMemo(() => queueOf(`${organisation.id}:${user.id}`), [organisation.id, user.id])
  const unsent = useSyncExternalStore(queue.watch, queue.snapshot)
  return { queue, unsent }
}

/** Keep trying while the shell is shown: at once, when the network is back, and now and then. */
export function useSending(): void {
  const { queue } = useFuelQueue()
  useEffect(() => {
    const send = () => void queue.flush()
    send()
    addEventListener('online', send)
    const timer = setInterval(() => {
      if (queue.snapshot().some(item => !item.refused)) send()
    }, RETRY_MS)
    return () => {
      removeEventListener('online', send)
      clearInterval(timer)
    }
  }, [queue])
}
