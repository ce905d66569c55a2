import { createFileRoute } from '@tanstack/react-router'
import { Guard } from '@/app/Guard'
import { ImportsPage } from '@/features/imports/ImportsPage'
import { text, tidy } from '@/lib/search'

export const Route = createFileRoute('/_app/imports')({
  validateSearch: (search: Record<string, unknown>) => tidy({ id: text(search['id']) }),
  component: () => (
    <Guard to="/imports">
      <ImportsPage />
    </Guard>
  ),
})
