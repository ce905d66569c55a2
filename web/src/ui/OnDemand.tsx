import { Suspense, useState, type ReactNode } from 'react'

/** Draw what is fetched when it is first wanted; it then stays, so that closing it can be seen. */
export function OnDemand({ wanted, children }: { wanted: boolean; children: ReactNode }) {
  const [kept, setKept] = useState(wanted)
  if (wanted && !kept) setKept(true)
  return kept ? <Suspense>{children}</Suspense> : null
}
