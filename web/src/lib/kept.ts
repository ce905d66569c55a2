/** What is kept in this browser: answers, for when the server is not reached, and what was typed but not sent. */
import { OfflineError } from './problem'

export const KEPT = 'arus.kept.'

/** Fetch and keep; when the server is away, give what was kept last. */
export async function keptWhileAway<T>(name: string, fetch: () => Promise<T>): Promise<T> {
  try {
    const fresh = await fetch()
    localStorage.setItem(KEPT + name, JSON.stringify(fresh))
    return fresh
  } catch (error) {
    const kept = lastKept(name)
    if (error instanceof OfflineError && kept !== undefined) return kept as T
    throw error
  }
}

/** What was fetched last under a name. */
export function lastKept(name: string): unknown {
  const kept = localStorage.getItem(KEPT + name)
  return kept ? JSON.parse(kept) : undefined
}

const DRAFT = `${KEPT}draft.`

/** Remove everything a person leaves behind in this browser, except how they like to read. */
export function forgetKept(spared?: string): void {
  for (const name of Object.keys(localStorage)) {
    if (name.startsWith(KEPT) && !(spared && name.startsWith(spared))) localStorage.removeItem(name)
  }
}

/** Remove what was fetched; what was typed stays. */
export function forgetAnswers(): void {
  forgetKept(DRAFT)
}

/** What was typed under a name and not sent yet. */
export function keptDraft<Values extends object>(name: string): Partial<Values> | null {
  try {
    return JSON.parse(localStorage.getItem(DRAFT + name) ?? 'null') as Partial<Values> | null
  } catch {
    return null
  }
}

export function keepDraft(name: string, values: object): void {
  try {
    localStorage.setItem(DRAFT + name, JSON.stringify(values))
  } catch {
    // The disk is full: what is on the screen stays there.
  }
}

export function dropDraft(name: string): void {
  localStorage.removeItem(DRAFT + name)
}
