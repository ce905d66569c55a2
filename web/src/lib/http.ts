/**
 * The one way to the API: cookies, language, the header that shows a request comes from the console, and one
 * quiet renewal of an expired session.
 */
import { i18n } from '@lingui/core'
import { OfflineError, problemOf } from './problem'

const RENEWED_AT = 'arus.renewed'
const sessionEnded = new EventTarget()
/** How many sessions ended on this page: a request belongs to the one it was begun in. */
let ended = 0

/** Call `then` whenever the session turns out to be over; returns the way to stop. */
export function onSessionEnd(then: () => void): () => void {
  sessionEnded.addEventListener('end', then)
  return () => sessionEnded.removeEventListener('end', then)
}

/** A `fetch` that answers only with success: everything else is thrown as ProblemError or OfflineError. */
export async function apiFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init)
  request.headers.set('X-Arus-Request', '1')
  request.headers.set('Accept-Language', i18n.locale)
  const started = Date.now()
  const session = ended
  // The body of a request can be read once, and a renewed session sends it again.
  const again = request.clone()
  let response = await reach(request)
  if (response.status === 401 && !signsIn(request.url) && session === ended) {
    const isRenewed = await renew(started)
    // Who signed in meanwhile may be somebody else: nothing is sent in their name, nor is their session over.
    if (isRenewed && session === ended) {
      // A body that nobody reads keeps its connection busy.
      await response.body?.cancel()
      response = await reach(again)
    }
    if (response.status === 401 && session === ended) {
      ended += 1
      sessionEnded.dispatchEvent(new Event('end'))
    }
  }
  if (!response.ok) throw await problemOf(response)
  return response
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request)
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new OfflineError('The server was not reached', { cause: error })
  }
}

function signsIn(url: string): boolean {
  return /\/auth\/(session|login|register|refresh|password-reset|verify-email)/.test(url)
}

/**
 * Renew the session once for all tabs. Refresh tokens rotate and reuse of an old one ends the whole family, so
 * two tabs must never renew with the same one.
 */
export async function renew(since: number): Promise<boolean> {
  return navigator.locks.request('arus.renew', async () => {
    if (Number(localStorage.getItem(RENEWED_AT) ?? 0) > since) return true
    const response = await reach(
      new Request(new URL('/api/v1/auth/refresh', location.origin), {
        method: 'POST',
        headers: { 'X-Arus-Request': '1', 'Content-Type': 'application/json' },
        body: '{}',
      }),
    )
    await response.body?.cancel()
    if (response.ok) localStorage.setItem(RENEWED_AT, String(Date.now()))
    return response.ok
  })
}
