/** The chart, fetched when it is first shown, in a place of its final size. */
import { lazy, Suspense, type ComponentProps } from 'react'

const TimeChart = lazy(() => import('./TimeChart'))

export function Chart(props: ComponentProps<typeof TimeChart>) {
  return (
    <Suspense fallback={<div style={{ height: (props.height ?? 220) + 60 }} />}>
      <TimeChart {...props} />
    </Suspense>
  )
}
