import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { AuditPage } from '@/features/audit/AuditPage'
import { day, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/audit')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      action: text(search['action']),
      actor: text(search['actor']),
      from: day(search['from']),
      to: day(search['to']),
    }),
  component: () => (
    <Guard to="/audit">
      <AuditPage />
    </Guard>
  ),
})
