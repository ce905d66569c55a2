import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { ReportsPage } from '@/features/reports/ReportsPage'
import { oneOf, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/reports')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({ tab: oneOf(search['tab'], ['schedules']), id: text(search['id']) }),
  component: () => (
    <Guard to="/reports">
      <ReportsPage />
    </Guard>
  ),
})
