/** Fuel records that wait for a connection; kept here because every page shows how many there are. */
import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { recordFuelTransaction, type FactRecord, type NewFact } from '@/api'
import { OfflineQueue, type Queued } from '@/lib/queue'
import { refetch } from './client'
import { useSession } from './session'

export type FuelQueue = OfflineQueue<NewFact, FactRecord>
export type UnsentFuel = Queued<NewFact>

/** Uses of fuel were recorded, corrected or voided: read again what tells of them. */
export function refetchFuel(): void {
  refetch(
    'listFuelTransactions',
    'getFuelTransaction',
    'listAnomalies',
    'getAnomaly',
    'summariseAnomalies',
    'overview',
  )
}

const RETRY_MS = 15_000
const SETTLED_MS = 1_000
const queues = new Map<string, FuelQueue>()

function isWaiting(queue: FuelQueue): boolean {
  return queue.snapshot().some(item => !item.refused)
}

function queueOf(owner: string): FuelQueue {
  const known = queues.get(owner)
  if (known) return known
  const queue: FuelQueue = new OfflineQueue(
    'fuel.transaction',
    owner,
    async (body, key) => (await recordFuelTransaction({ body, headers: { 'Idempotency-Key': key } })).data,
  )
  // Once for all that went out together, whether or not something is left.
  let later: ReturnType<typeof setTimeout> | undefined
  queue.listen(() => {
    clearTimeout(later)
    if (isWaiting(queue)) later = setTimeout(refetchFuel, SETTLED_MS)
    else refetchFuel()
  })
  queues.set(owner, queue)
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
      if (isWaiting(queue)) send()
    }, RETRY_MS)
    return () => {
      removeEventListener('online', send)
      clearInterval(timer)
    }
  }, [queue])
}
