/**
 * A destructive act that can be taken back for a while: it runs when its time is up, when the page is left, or
 * when `runAll` is called, whichever comes first.
 */
export interface Undoable {
  undo: () => void
}

const waiting = new Set<() => Promise<unknown>>()

export function undoable(run: () => Promise<unknown>, waitMs: number): Undoable {
  const finish = () => {
    stop()
    return run()
  }
  const whenOver = () => void finish()
  const stop = () => {
    waiting.delete(finish)
    clearTimeout(timer)
    removeEventListener('pagehide', whenOver)
  }
  const timer = setTimeout(whenOver, waitMs)
  addEventListener('pagehide', whenOver)
  waiting.add(finish)
  return { undo: stop }
}

/** Run what waits at once, and return when all of it has been answered. */
export async function runAll(): Promise<void> {
  await Promise.allSettled(Array.from(waiting, finish => finish()))
}
