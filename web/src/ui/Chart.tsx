/** The chart, fetched when it is first shown, in a place of its final size. */
import { lazy, Suspense, type ComponentProps } from 'react'

const TimeChart = lazy(() => import('./TimeChart'))

export function Chart(props: ComponentProps<typeof TimeChart>) {
  // The finding can be read before the picture is there.
  const waiting = (
    <div style={{ height: (props.height ?? 220) + 60 }}>
      <p className="max-w-prose text-sm text-muted">{props.caption}</p>
    </div>
  )
  return (
    <Suspense fallback={waiting}>
      <TimeChart {...props} />
    </Suspense>
  )
}
