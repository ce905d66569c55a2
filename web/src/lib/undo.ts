/**
 * A destructive act that can be taken back for a while: it runs when its time is up, or when the page is left,
 * whichever comes first.
 */
export interface Undoable {
  undo: () => void
}

export function undoable(run: () => void, waitMs: number): Undoable {
  let pending = true
  const finish = () => {
    if (!pending) return
    stop()
    run()
  }
  const stop = () => {
    pending = false
    clearTimeout(timer)
    removeEventListener('pagehide', finish)
  }
  const timer = setTimeout(finish, waitMs)
  addEventListener('pagehide', finish)
  return { undo: stop }
}
