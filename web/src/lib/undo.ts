/**
 * A destructive act that can be taken back for a while: it runs when its time is up, when the page is left, or
 * when `runAll` is called, whichever comes first.
 */
export interface Undoable {
  undo: () => void
}

const waiting = new Set<() => void>()
const underWay = new Set<Promise<unknown>>()

export function undoable(run: () => Promise<unknown>, waitMs: number): Undoable {
  const finish = () => {
    stop()
    underWayUntil(run())
  }
  const stop = () => {
    waiting.delete(finish)
    clearTimeout(timer)
    removeEventListener('pagehide', finish)
  }
  const timer = setTimeout(finish, waitMs)
  addEventListener('pagehide', finish)
  waiting.add(finish)
  return { undo: stop }
}

/** Something was asked for that `runAll` has to see answered. */
export function underWayUntil(answered: Promise<unknown>): void {
  underWay.add(answered)
  const over = () => underWay.delete(answered)
  answered.then(over, over)
}

/** Run what waits at once, and return when all that is under way has been answered. */
export async function runAll(): Promise<void> {
  for (const finish of waiting) finish()
  await Promise.allSettled(underWay)
}
