/**
 * The live feed: one connection per tab, resumed by event id after every loss.
 *
 * WebSocket first; where a proxy does not let it through, server-sent events carry the same messages.
 */

type LiveStatus = 'connecting' | 'open' | 'lost'

export interface LiveMessage {
  type: string
  id?: string
  data?: unknown
}

export interface LiveState {
  status: LiveStatus
  /** When the feed was last heard from, in milliseconds. */
  heardAt: number | null
}

type Listener = (message: LiveMessage) => void

export interface Wire {
  close: () => void
}
/** Open a wire to `url`; tests pass their own. */
export type Opener = (
  url: string,
  on: { open: () => void; message: (text: string) => void; close: () => void },
) => Wire

const LONGEST_WAIT_MS = 20_000
/** The server pings every 15 s; three missed pings are a lost connection, whatever the socket says. */
const SILENCE_MS = 45_000

export const webSocket: Opener = (url, on) => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'))
  socket.addEventListener('open', on.open)
  socket.addEventListener('message', event => on.message(String(event.data)))
  socket.addEventListener('close', on.close)
  return { close: () => socket.close() }
}

const TYPES = [
  'message',
  'verdict',
  'verdict_withdrawn',
  'alert',
  'alert_answered',
  'import',
  'case',
  'reset',
  'ping',
]

export const serverSentEvents: Opener = (url, on) => {
  const source = new EventSource(url, { withCredentials: true })
  const read = (event: MessageEvent<string>) => on.message(event.data)
  source.addEventListener('open', on.open)
  for (const type of TYPES) source.addEventListener(type, read)
  source.addEventListener('error', () => {
    // The browser would reconnect by itself, without our event id and our patience.
    source.close()
    on.close()
  })
  return { close: () => source.close() }
}

export class LiveFeed {
  private readonly listeners = new Set<Listener>()
  private readonly watchers = new Set<() => void>()
  private state: LiveState = { status: 'connecting', heardAt: null }
  private wire: Wire | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private silence: ReturnType<typeof setTimeout> | undefined
  private failures = 0
  private neverOpened = 0
  private lastId: string | null = null
  private wanted = false

  constructor(
    private readonly url: string,
    private readonly openers: readonly [Opener, ...Opener[]] = [webSocket, serverSentEvents],
    private readonly beforeRetry: () => Promise<unknown> = async () => undefined,
  ) {}

  start(): void {
    if (this.wanted) return
    this.wanted = true
    this.connect()
  }

  stop(): void {
    this.wanted = false
    clearTimeout(this.timer)
    clearTimeout(this.silence)
    this.drop()
    this.lastId = null
    this.set({ status: 'connecting', heardAt: null })
  }

  /** Try again now, for example because the browser is online again. */
  hurry(): void {
    if (!this.wanted || this.state.status === 'open') return
    clearTimeout(this.timer)
    this.drop()
    this.connect()
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher)
    return () => this.watchers.delete(watcher)
  }

  snapshot = (): LiveState => this.state

  private connect(): void {
    const opener = this.openers[this.neverOpened >= 2 ? 1 : 0] ?? this.openers[0]
    const resume = this.lastId ? `&last_event_id=${encodeURIComponent(this.lastId)}` : ''
    let opened = false
    const wire = opener(this.url + resume, {
      open: () => {
        if (this.wire !== wire) return
        opened = true
        this.failures = 0
        this.neverOpened = 0
        this.heard()
      },
      message: text => {
        if (this.wire === wire) this.receive(text)
      },
      close: () => {
        if (this.wire !== wire) return
        this.wire = null
        if (!opened) this.neverOpened += 1
        this.lost()
      },
    })
    this.wire = wire
  }

  /** Let go of the wire: nothing it still says is heard, not even that it closed, which not every kind says. */
  private drop(): void {
    const { wire } = this
    this.wire = null
    wire?.close()
  }

  private receive(text: string): void {
    this.heard()
    const message = JSON.parse(text) as LiveMessage
    if (message.id) this.lastId = message.id
    if (message.type === 'ping') return
    if (message.type === 'reset') this.lastId = null
    for (const listener of this.listeners) listener(message)
  }

  private heard(): void {
    clearTimeout(this.silence)
    this.silence = setTimeout(() => {
      this.drop()
      this.lost()
    }, SILENCE_MS)
    // Twice a second is often enough to know that it lives.
    if (this.state.status !== 'open' || Date.now() - (this.state.heardAt ?? 0) > 500) {
      this.set({ status: 'open', heardAt: Date.now() })
    }
  }

  private lost(): void {
    clearTimeout(this.silence)
    if (!this.wanted) return
    this.set({ ...this.state, status: 'lost' })
    const wait = Math.min(LONGEST_WAIT_MS, 500 * 2 ** this.failures) * (0.5 + Math.random() / 2)
    this.failures += 1
    this.timer = setTimeout(() => {
      this.beforeRetry()
        .catch(() => undefined)
        .finally(() => {
          // Somebody may have hurried meanwhile.
          if (this.wanted && !this.wire) this.connect()
        })
    }, wait)
  }

  private set(state: LiveState): void {
    this.state = state
    for (const watcher of this.watchers) watcher()
  }
}
