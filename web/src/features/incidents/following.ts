import { useEffect, useState } from 'react'
import { refetch } from '@/app/client'
import { refetchIncidents } from '@/app/incidents'
import { listenToIncidents } from '@/app/live'
import { whileReading } from '@/app/reading'

/** What arrives is shown at most twice a second. */
const FOLLOW_MS = 500

/** Follow the live feed: counts always, the list while nobody reads it; what waits is only counted until then. */
export function useFollowing(hold: boolean): { waiting: number; letIn: () => void } {
  const [waiting, setWaiting] = useState(0)
  useEffect(() => {
    let reading = hold
    let behind = false
    let heard = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const show = () => {
      timer = undefined
      behind = reading
      const more = heard
      heard = 0
      setWaiting(known => (reading ? known + more : 0))
      if (reading) refetch('summariseIncidents', 'getIncident')
      else refetchIncidents()
    }
    const showSoon = () => {
      timer ??= setTimeout(show, FOLLOW_MS)
    }
    const stopListening = listenToIncidents(opened => {
      heard += opened ? 1 : 0
      showSoon()
    })
    const stopReading = whileReading(reads => {
      reading = hold || reads
      // Whoever looks up again sees what came meanwhile.
      if (!reading && behind) showSoon()
    })
    return () => {
      stopListening()
      stopReading()
      clearTimeout(timer)
      if (behind) refetch('listIncidents')
    }
  }, [hold])
  const letIn = () => {
    setWaiting(0)
    refetchIncidents()
  }
  return { waiting, letIn }
}
