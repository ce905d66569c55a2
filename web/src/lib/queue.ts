/**
 * Commands that survive a lost connection, a closed tab and a power cut.
 *
 * A command is on disk before the screen says it is kept. It is sent under its own idempotency key, so an answer
 * that was lost on the way does not record it twice. One tab sends at a time.
 */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb'
import { OfflineError, ProblemError, type FieldError } from './problem'

export interface Queued<Body> {
  /** Also the idempotency key. Ids sort by time, so the oldest is sent first. */
  id: string
  /** Who queued it: nobody else's session may send it. */
  owner: string
  kind: string
  body: Body
  queuedAt: number
  /** Why the server refused it; it then waits for its author. */
  refused?: { message: string; errors: FieldError[] }
}

interface Shelf extends DBSchema {
  commands: { key: string; value: Queued<unknown>; indexes: { owner: string } }
}

export type Sender<Body, Answer> = (body: Body, idempotencyKey: string) => Promise<Answer>

export class OfflineQueue<Body, Answer> {
  private readonly db: Promise<IDBPDatabase<Shelf>>
  private readonly watchers = new Set<() => void>()
  private readonly listeners = new Set<(item: Queued<Body>, answer: Answer) => void>()
  private readonly news: BroadcastChannel
  private items: readonly Queued<Body>[] = []
  private sending: Promise<void> | null = null

  constructor(
    private readonly kind: string,
    private readonly owner: string,
    private readonly send: Sender<Body, Answer>,
  ) {
    this.db = openDB<Shelf>('arus-queue', 1, {
      upgrade(db) {
        db.createObjectStore('commands', { keyPath: 'id' }).createIndex('owner', 'owner')
      },
    })
    this.news = new BroadcastChannel('arus-queue')
    this.news.addEventListener('message', () => void this.refresh())
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  /** Hear the answer to each command this tab sent. */
  listen(listener: (item: Queued<Body>, answer: Answer) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  snapshot = (): readonly Queued<Body>[] => this.items

  /** Keep a command; it is safe once this resolves. */
  async add(body: Body): Promise<Queued<Body>> {
    const item: Queued<Body> = {
      id: sortableId(),
      owner: this.owner,
      kind: this.kind,
      body,
      queuedAt: Date.now(),
    }
    await (await this.db).add('commands', item)
    await this.changed()
    return item
  }

  async remove(id: string): Promise<void> {
    await (await this.db).delete('commands', id)
    await this.changed()
  }

  /** Delete all that its owner has not sent; what others keep in this browser waits for them. */
  async empty(): Promise<void> {
    await this.refresh()
    for (const { id } of this.items) await this.remove(id)
  }

  async refresh(): Promise<void> {
    const all = (await (await this.db).getAllFromIndex('commands', 'owner', this.owner)) as Queued<Body>[]
    this.items = all.filter(item => item.kind === this.kind).toSorted((a, b) => (a.id < b.id ? -1 : 1))
    for (const watcher of this.watchers) watcher()
  }

  /** Send what waits, oldest first; stops at the first sign that the server is away. */
  flush(): Promise<void> {
    this.sending ??= navigator.locks
      .request(`arus-queue-${this.kind}`, () => this.sendAll())
      .finally(() => {
        this.sending = null
      })
    return this.sending
  }

  close(): void {
    this.news.close()
  }

  private async sendAll(): Promise<void> {
    // Read again under the lock: another tab may have sent them.
    await this.refresh()
    for (let item = this.next(); item; item = this.next()) {
      try {
        const answer = await this.send(item.body, item.id)
        await this.remove(item.id)
        for (const listener of this.listeners) listener(item, answer)
      } catch (error) {
        if (!isRefusal(error)) return
        const { id, message, errors } = { id: item.id, message: error.message, errors: error.errors }
        const refused: Queued<Body> = { ...item, id, refused: { message, errors } }
        await (await this.db).put('commands', refused)
        await this.changed()
      }
    }
  }

  private next(): Queued<Body> | undefined {
    return this.items.find(item => !item.refused)
  }

  private async changed(): Promise<void> {
    await this.refresh()
    this.news.postMessage(this.kind)
  }
}

/** A refusal is about the command itself; anything else may pass, so the command waits. */
function isRefusal(error: unknown): error is ProblemError {
  if (error instanceof OfflineError || !(error instanceof ProblemError)) return false
  return error.status >= 400 && error.status < 500 && ![401, 408, 409, 425, 429].includes(error.status)
}

let last = 0
function sortableId(): string {
  last = Math.max(Date.now(), last + 1)
  return `${last.toString(36).padStart(9, '0')}-${crypto.randomUUID()}`
}
