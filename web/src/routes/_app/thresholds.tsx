import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { ThresholdsPage } from '@/features/thresholds/ThresholdsPage'
import { oneOf, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/thresholds')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ tab: oneOf(search['tab'], ['versions']), id: oneOf(search['id'], ['new']) }),
  component: () => (
    <Guard to="/thresholds">
      <ThresholdsPage />
    </Guard>
  ),
})
