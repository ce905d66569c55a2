import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { ThresholdsPage } from '@/features/thresholds/ThresholdsPage'
import { oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/thresholds')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      tab: oneOf(search['tab'], ['versions', 'meter']),
      id: oneOf(search['id'], ['new']),
      // The tariff class and meter size whose limits are changed.
      class: text(search['class']),
      size: text(search['size']),
    }),
  component: () => (
    <Guard to="/thresholds">
      <ThresholdsPage />
    </Guard>
  ),
})
