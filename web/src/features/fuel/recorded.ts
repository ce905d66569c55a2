/** What this tab recorded, and how each record was judged. */
import { useEffect, useState } from 'react'
import { listAnomalies, type Anomaly, type FactRecord, type NewFact } from '@/api'
import { listenToVerdicts } from '@/app/live'
import { useFuelQueue } from '@/app/unsent'

/** A verdict comes live within a second; after this the list is asked, should the feed be down. */
const ASK_MS = 4_000
const MOST_KEPT = 200
const MOST_SHOWN = 20

export interface Recorded {
  id: string
  body: NewFact
  fact: FactRecord
  verdict: Anomaly | null
}

export function useRecorded(): readonly Recorded[] {
  const { queue } = useFuelQueue()
  const [recorded, setRecorded] = useState<readonly Recorded[]>([])
  const [heard] = useState(() => new Map<string, Anomaly>())

  useEffect(() => {
    const settle = (verdict: Anomaly) => {
      // The verdict may be faster than the answer to the command.
      heard.set(verdict.fact_id, verdict)
      if (heard.size > MOST_KEPT) heard.delete(heard.keys().next().value ?? '')
      setRecorded(list =>
        list.some(one => one.fact.id === verdict.fact_id)
          ? list.map(one => (one.fact.id === verdict.fact_id ? { ...one, verdict } : one))
          : list,
      )
    }
    const stop = listenToVerdicts(
      settle,
      () => undefined,
      () => undefined,
    )
    const stopSent = queue.listen((item, fact) => {
      const next: Recorded = { id: item.id, body: item.body, fact, verdict: heard.get(fact.id) ?? null }
      setRecorded(list => [next, ...list].slice(0, MOST_SHOWN))
    })
    return () => {
      stop()
      stopSent()
    }
  }, [queue, heard])

  const open = recorded.find(one => one.verdict === null)?.fact
  useEffect(() => {
    if (!open) return undefined
    const ask = async () => {
      const { location_id, product_id, date } = open
      const { data } = await listAnomalies({ query: { location_id, product_id, from: date, to: date } })
      const verdict = data.items.find(one => one.fact_id === open.id)
      if (verdict) setRecorded(list => list.map(one => (one.fact.id === open.id ? { ...one, verdict } : one)))
    }
    const timer = setInterval(() => void ask().catch(() => undefined), ASK_MS)
    return () => clearInterval(timer)
  }, [open])
  return recorded
}
