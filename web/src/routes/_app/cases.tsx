import { createFileRoute } from '@tanstack/react-router'
import { CASE_STATUSES, CASE_TYPES } from '@/app/cases'
import { Guard } from '@/app/Guard'
import { CasesPage } from '@/features/cases/CasesPage'
import { PRIORITIES } from '@/features/cases/words'
import { oneOf, period, text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/cases')({
  validateSearch: (search: Record<string, unknown>) =>
    tidy({
      view: oneOf(search['view'], ['table']),
      q: text(search['q']),
      assignee: text(search['assignee']),
      priority: oneOf(search['priority'], PRIORITIES),
      type: oneOf(search['type'], CASE_TYPES),
      domain: oneOf(search['domain'], ['fuel', 'meter']),
      rayon: text(search['rayon']),
      overdue: search['overdue'] === true ? true : undefined,
      status: oneOf(search['status'], CASE_STATUSES),
      id: text(search['id']),
      // What a new one is about.
      nomen: text(search['nomen']),
      period: period(search['period']),
      kind: oneOf(search['kind'], CASE_TYPES),
      incident: text(search['incident']),
    }),
  component: () => (
    <Guard to="/cases">
      <CasesPage />
    </Guard>
  ),
})
