/**
 * The rows of a live list. New verdicts gather outside React and are let in at most twice a second; while the
 * reader reads, they only count up. Nothing in sight ever moves by itself then.
 */
import type { Anomaly } from '@/api'
import type { Withdrawal } from '@/app/live'

const FLUSH_MS = 500
const MOST_ROWS = 5_000

export interface LiveRows {
  rows: readonly Anomaly[]
  /** New rows that wait because the list is held still. */
  waiting: number
  /** Facts that came in since the page was opened, to mark them. */
  arrived: ReadonlySet<string>
}

export class VerdictRows {
  private readonly watchers = new Set<() => void>()
  private base: readonly Anomaly[] = []
  private pending = new Map<string, Anomaly>()
  private admitted = new Map<string, Anomaly>()
  private held = false
  private timer: ReturnType<typeof setTimeout> | undefined
  private state: LiveRows = { rows: [], waiting: 0, arrived: new Set() }

  constructor(private matches: (verdict: Anomaly) => boolean) {}

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  snapshot = (): LiveRows => this.state

  /** Take what the server listed; it knows better than anything heard before. */
  load(rows: readonly Anomaly[]): void {
    this.base = rows
    const listed = new Map(rows.map(row => [row.fact_id, row]))
    for (const gathered of [this.pending, this.admitted]) {
      for (const [fact, verdict] of gathered) {
        const known = listed.get(fact)
        if (known && known.judged_at >= verdict.judged_at) gathered.delete(fact)
      }
    }
    this.publish()
  }

  hear(verdict: Anomaly): void {
    this.pending.set(verdict.fact_id, verdict)
    this.timer ??= setTimeout(() => {
      this.timer = undefined
      if (this.held) this.publish()
      else this.release()
    }, FLUSH_MS)
  }

  /**
   * Its fact was voided or moved: the row goes, held or not, because it is no longer true. What was heard of the
   * fact at its new place stays.
   */
  drop(gone: Withdrawal): void {
    for (const gathered of [this.pending, this.admitted]) {
      const known = gathered.get(gone.fact_id)
      if (known && isOf(known, gone)) gathered.delete(gone.fact_id)
    }
    this.base = this.base.filter(row => !isOf(row, gone))
    this.publish()
  }

  hold(held: boolean): void {
    if (this.held === held) return
    this.held = held
    if (!held) this.release()
  }

  /** Let in what waited. */
  release(): void {
    for (const [fact, verdict] of this.pending) this.admitted.set(fact, verdict)
    this.pending = new Map()
    this.publish()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private publish(): void {
    // A verdict reached again replaces the one before, also when it no longer belongs in this list.
    const rows = [...this.admitted.values()].filter(this.matches)
    for (const row of this.base) if (!this.admitted.has(row.fact_id)) rows.push(row)
    rows.sort(newestFirst)
    const waiting = [...this.pending.values()].filter(this.matches).length
    this.state = { rows: rows.slice(0, MOST_ROWS), waiting, arrived: new Set(this.admitted.keys()) }
    for (const watcher of this.watchers) watcher()
  }
}

function isOf(row: Anomaly, { fact_id, location, product }: Withdrawal): boolean {
  return row.fact_id === fact_id && row.location.id === location.id && row.product.id === product.id
}

/** The server's order: business date, then fact id (ids sort by time). */
function newestFirst(a: Anomaly, b: Anomaly): number {
  if (a.date !== b.date) return a.date < b.date ? 1 : -1
  return a.fact_id < b.fact_id ? 1 : -1
}
