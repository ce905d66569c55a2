import { createFileRoute, redirect } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { roomsFor } from '@/app/pages'
import { meQuery } from '@/app/session'
import { usesOf } from '@/app/uses'
import { OverviewPage } from '@/features/overview/OverviewPage'
import { oneOf, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ days: oneOf(search['days'], ['7', '90', '365']) }),
  beforeLoad: async ({ context }) => {
    // Who has no overview, or nothing of what it shows, starts where they work.
    const session = await context.queries.ensureQueryData(meQuery)
    const [first] = roomsFor(session, await usesOf(session))
    if (first && first.to !== '/') throw redirect({ to: first.to })
  },
  component: () => (
    <Guard to="/">
      <OverviewPage />
    </Guard>
  ),
})
