import { useEffect, useRef } from 'react'
import { refetch } from '@/app/client'
import { listenToImports, type ImportMoved } from '@/app/live'
import { whileReading } from '@/app/reading'
import { ECHOES_MS } from '@/app/reads'

/** While a file goes in, figures are read again this often at most. */
const FOLLOW_MS = 2_000

const TOUCHES: ReadonlySet<ImportMoved['state']> = new Set([
  'committing',
  'completed',
  'completed_with_errors',
  'undoing',
  'undone',
])

/**
 * Read figures again while an import changes what they are of. lists: operations whose rows hold still while they
 * are read, or while `hold` says so.
 */
export function useFollowingImports(
  figures: readonly string[],
  lists: readonly string[] = [],
  hold = false,
): void {
  const [ofFigures, ofLists] = [figures.join(' '), lists.join(' ')]
  // What was held comes when it ends; what is due comes whether lists hold still meanwhile or not.
  const held = useRef(hold)
  const catchUp = useRef<() => void>(undefined)
  useEffect(() => {
    const timers = new Set<ReturnType<typeof setTimeout>>()
    let due = false
    let reading = false
    let behind = false
    const show = () => {
      refetch(...ofFigures.split(' '))
      behind = held.current || reading
      if (!behind && ofLists) refetch(...ofLists.split(' '))
    }
    catchUp.current = () => {
      if (behind && !held.current && !reading) show()
    }
    const after = (ms: number, run: () => void) => {
      const timer = setTimeout(() => {
        timers.delete(timer)
        run()
      }, ms)
      timers.add(timer)
    }
    const showSoon = () => {
      if (due) return
      due = true
      after(FOLLOW_MS, () => {
        due = false
        show()
      })
    }
    const stopListening = listenToImports(({ state }) => {
      if (!TOUCHES.has(state)) return
      if (state === 'committing' || state === 'undoing') showSoon()
      else for (const ms of ECHOES_MS) after(ms, show)
    }, show)
    const stopReading = whileReading(reads => {
      reading = reads
      catchUp.current?.()
    })
    return () => {
      stopListening()
      stopReading()
      for (const timer of timers) clearTimeout(timer)
    }
  }, [ofFigures, ofLists])
  useEffect(() => {
    held.current = hold
    catchUp.current?.()
  }, [hold])
}
