import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { AnomaliesPage } from '@/features/anomaly/AnomaliesPage'
import { day, oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/anomalies')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      status: oneOf(search['status'], ['ANOMALI', 'WASPADA', 'NORMAL', 'all']),
      location: text(search['location']),
      product: text(search['product']),
      from: day(search['from']),
      to: day(search['to']),
      id: text(search['id']),
    }),
  component: () => (
    <Guard to="/anomalies">
      <AnomaliesPage />
    </Guard>
  ),
})
