/** What is typed and not sent yet: it outlives a closed drawer, and a session that ends. */
import { useState } from 'react'
import { dropDraft, keepDraft, keptDraft } from '@/lib/kept'
import { useDraftName } from './session'

/** What was typed under a name, and the way to keep another or, with null, none. */
export function useDraft<Values extends object>(
  of: string,
): [Partial<Values> | null, (next: Values | null) => void] {
  const name = useDraftName(of)
  const [draft, setDraft] = useState(() => keptDraft<Values>(name))
  const keep = (next: Values | null) => {
    // At once, not after a drawing: what was typed may be shown no more by then.
    if (next) keepDraft(name, next)
    else dropDraft(name)
    setDraft(next)
  }
  return [draft, keep]
}
