import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { ComparisonPage } from '@/features/metering/ComparisonPage'
import { oneOf, period, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/comparison')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      from: period(search['from']),
      to: period(search['to']),
      rayon: text(search['rayon']),
      by: oneOf(search['by'], ['rayon']),
    }),
  component: () => (
    <Guard to="/comparison">
      <ComparisonPage />
    </Guard>
  ),
})
