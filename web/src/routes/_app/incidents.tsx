import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { IncidentsPage } from '@/features/incidents/IncidentsPage'
import { day, oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/incidents')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      answer: oneOf(search['answer'], ['acknowledged', 'confirmed', 'false_positive', 'all']),
      state: oneOf(search['state'], ['closed', 'withdrawn']),
      severity: oneOf(search['severity'], ['critical', 'warning', 'info']),
      location: text(search['location']),
      product: text(search['product']),
      from: day(search['from']),
      to: day(search['to']),
      id: text(search['id']),
    }),
  component: () => (
    <Guard to="/incidents">
      <IncidentsPage />
    </Guard>
  ),
})
