/** Answers kept in this browser, for when the server is not reached: the console opens offline with them. */
import { OfflineError } from './problem'

const PREFIX = 'arus.kept.'

/** Fetch and keep; when the server is away, give what was kept last. */
export async function keptWhileAway<T>(name: string, fetch: () => Promise<T>): Promise<T> {
  try {
    const fresh = await fetch()
    localStorage.setItem(PREFIX + name, JSON.stringify(fresh))
    return fresh
  } catch (error) {
    const kept = localStorage.getItem(PREFIX + name)
    if (error instanceof OfflineError && kept) return JSON.parse(kept) as T
    throw error
  }
}

/** Remove everything a person leaves behind in this browser, except how they like to read. */
export function forgetKept(): void {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(PREFIX)) localStorage.removeItem(name)
  }
}
