import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { TrendsPage } from '@/features/trends/TrendsPage'
import { day, oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/trends')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      period: oneOf(search['period'], ['week', 'month']),
      by: oneOf(search['by'], ['location', 'product']),
      compare: oneOf(search['compare'], ['previous', 'last_year']),
      location: text(search['location']),
      product: text(search['product']),
      from: day(search['from']),
      to: day(search['to']),
    }),
  component: () => (
    <Guard to="/trends">
      <TrendsPage />
    </Guard>
  ),
})
